import { trainView } from "./page/trainview.js";

const LEG = 6000; // epochs that one press of the button trains: the paper's

const trainAsPython = ({ seed, alpha, c }, { epoch }) => `from ghostlib import DelayedActivation, RankOne, train, widgets

history = train(RankOne.initial([${seed}]), DelayedActivation(), alpha=${alpha}, epochs=${Math.max(1, epoch)}, c=${c})
widgets.Train(seed=${seed}, alpha=${alpha}, c=${c})
`;

export default {
  render: ({ model, el }) => trainView(model, el, { leg: () => LEG, from: () => 0, panels: { names: [], draw: [] }, python: trainAsPython }),
};
