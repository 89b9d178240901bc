// Which rows of the ledger the page can check, in groups that share their work: a group goes to one worker. The seconds are
// those of a usual machine; the shortest group comes first.

export const PLAN = [
  { seconds: 0.2, rows: ["fig-1-bifurcation", "eq-6-step", "eq-7-trajectory", "ghost-lingers", "ghost-below-precision"] },
  { seconds: 0.3, rows: ["fig-2b-jump", "fig-2b-abrupt", "fig-2c-no-bifurcation", "fig-2c-trapped", "fig-2c-oscillation", "fig-2c-zero-loss"] },
  { seconds: 0.3, rows: ["eq-12-minimum", "fig-2a-no-learning-zone", "fig-2a-saturation", "eq-13-gradient", "eq-14-kink", "eq-15-alpha-star", "eq-15-value"] },
  { seconds: 0.4, rows: ["eq-2-loss", "fig-2a-curve", "fig-2a-confidence"] },
  { seconds: 0.6, rows: ["eq-4-latent", "eq-17-euler", "eq-16-fixed-point"] },
  { seconds: 0.8, rows: ["fig-3a-jump", "fig-3a-gradient", "fig-3a-ghost-before-drop", "fig-3a-destabilises"] },
  { seconds: 0.8, rows: ["fig-3b-gradient"] },
  { seconds: 2, rows: ["fig-2d-few-epochs", "fig-2d-lower-error", "fig-2d-maximum-rate"] },
  { seconds: 2, rows: ["eq-15-always-trapped"] },
  { seconds: 3, rows: ["s1-learns", "s1-maximum-rate"] },
  { seconds: 6, rows: ["fig-3a-one-fixed-point", "fig-3a-ghost", "fig-3a-escape", "fig-3a-oscillation", "fig-3a-curvature", "fig-3a-transition"] },
  { seconds: 7, rows: ["fig-4-learned", "fig-4-trapped", "rnn-abrupt", "fig-3b-bifurcation", "fig-4-recovery"] },
];

// Where the page does less than the paper: how much.
export const SMALLER = {
  "eq-16-fixed-point": "216 random networks",
  "fig-3a-one-fixed-point": "every 50th epoch around the jump, every 5,000th to the end",
  "fig-3a-jump": "one network",
  "fig-3a-gradient": "one network",
  "fig-3a-ghost-before-drop": "one network",
  "fig-3a-destabilises": "one network",
  "fig-3a-oscillation": "one network",
  "fig-3a-escape": "one network",
  "fig-3a-curvature": "one network",
  "fig-3a-transition": "one network",
  "fig-3b-bifurcation": "one run of the hundred networks",
  "fig-3b-gradient": "eight copies",
  "fig-4-trapped": "one run of the hundred networks",
  "rnn-abrupt": "6,000 epochs",
  "s1-learns": "one learning rate, 15,000 epochs",
  "s1-maximum-rate": "three learning rates, 6,000 epochs",
};
