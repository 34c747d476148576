/** How well the speaker is told apart from the others here: their takes on the speaker's model. */
import { curveLabels, histogramLabels } from "./chart-labels.js";
import { DetChart } from "./det-chart.js";
import { find } from "./elements.js";
import { ScoreHistogram } from "./score-histogram.js";
import { onLanguage } from "./words.js";

export class ToldApart {
  /** @type {{own: number[], others: number[], threshold: number} | null} */
  #scores = null;

  constructor() {
    onLanguage(() => this.#draw());
  }

  clear() {
    this.#scores = null;
    find("#apart").hidden = true;
  }

  /**
   * @param {import("../api-client.js").IntrusionTest} reply
   * @param {number} threshold of frame scores, as /status tells it
   */
  show({ results: [own, ...others] }, threshold) {
    this.#scores = { own: own.take_scores, others: others.flatMap(({ take_scores: scores }) => scores), threshold };
    find("#apart").hidden = false;
    this.#draw();
  }

  #draw() {
    if (this.#scores) {
      const { own, others, threshold } = this.#scores;
      new ScoreHistogram(find("#apart-histogram"), { labels: histogramLabels() }).show(own, others, threshold);
      new DetChart(find("#apart-curve"), { labels: curveLabels() }).show(own, others);
    }
  }
}
