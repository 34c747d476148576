/** How well the speaker is told apart from the others here: their takes on the speaker's model. */
import { curveLabels, histogramLabels } from "./chart-labels.js";
import { DetChart } from "./det-chart.js";
import { ScoreHistogram } from "./score-histogram.js";
import { onLanguage } from "./words.js";

const at = (id) => document.getElementById(id);

export class ToldApart {
  #scores = null;

  constructor() {
    onLanguage(() => this.#draw());
  }

  clear() {
    this.#scores = null;
    at("apart").hidden = true;
  }

  /**
   * @param {{results: {take_scores: number[]}[]}} reply of /intrusionTest, the speaker first
   * @param {number} threshold of frame scores, as /status tells it
   */
  show({ results: [own, ...others] }, threshold) {
    this.#scores = [own.take_scores, others.flatMap(({ take_scores: scores }) => scores), threshold];
    at("apart").hidden = false;
    this.#draw();
  }

  #draw() {
    if (this.#scores) {
      new ScoreHistogram(at("apart-histogram"), { labels: histogramLabels() }).show(...this.#scores);
      new DetChart(at("apart-curve"), { labels: curveLabels() }).show(...this.#scores);
    }
  }
}
