"""Two hundred clients at a time: everybody is answered, and nothing acknowledged is lost."""

import ssl
import threading

import httpx
from fault_driver import Ledger

N_CLIENTS = 200
TLS = ssl.create_default_context()  # reading the certificates is most of the making of a client


def test_two_hundred_clients_at_once_lose_nothing(server_factory):
    server = server_factory(workers=2)
    ledger = Ledger(server.url, n_speakers=10)
    all_there = threading.Barrier(N_CLIENTS)

    def be_a_client(number: int) -> None:
        with httpx.Client(verify=TLS) as http:
            all_there.wait(timeout=60)
            for digit in (number, number + N_CLIENTS):
                ledger.send(digit, http)

    clients = [threading.Thread(target=be_a_client, args=(n,)) for n in range(N_CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert ledger.replies == {200: 2 * N_CLIENTS}
    ledger.assert_nothing_lost()
    assert len(ledger.kept(server.url)) == 2 * N_CLIENTS
