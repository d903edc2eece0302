// Colours are those of the page's style sheet, so that the map is light and dark as the page is.

import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import MultiPoint from "ol/geom/MultiPoint.js";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function area(fill, stroke) {
  return () =>
    new Style({
      fill: new Fill({ color: colour(fill) }),
      stroke: new Stroke({ color: colour(stroke), width: 0.8 }),
    });
}

function line(name, width, lineDash) {
  return () => [
    new Style({ stroke: new Stroke({ color: colour("--paper"), width: width + 2.5 }) }),
    new Style({ stroke: new Stroke({ color: colour(name), width, lineDash }) }),
  ];
}

const APART_PX = 12;

// Of a line of many vertices those that can be told apart; zooming in shows more.
function apart(feature, resolution) {
  const shown = [];
  for (const part of feature.getGeometry().getCoordinates()) {
    let last = null;
    for (const point of part) {
      const isFar = !last || Math.hypot(point[0] - last[0], point[1] - last[1]) > APART_PX * resolution;
      if (isFar) shown.push((last = point));
    }
  }
  return new MultiPoint(shown);
}

function vertices(feature, resolution) {
  return new Style({
    geometry: apart(feature, resolution),
    image: new CircleStyle({
      radius: 4,
      fill: new Fill({ color: colour("--paper") }),
      stroke: new Stroke({ color: colour("--accent"), width: 1.6 }),
    }),
  });
}

function chosenVertex() {
  return new Style({
    image: new CircleStyle({
      radius: 7,
      fill: new Fill({ color: colour("--accent") }),
      stroke: new Stroke({ color: colour("--paper"), width: 2 }),
    }),
  });
}

const edited = line("--accent", 2.6);

export const styles = {
  ice: area("--ice", "--coast"),
  grounded: area("--land", "--grounding"),
  region: () =>
    new Style({ stroke: new Stroke({ color: colour("--muted"), width: 1, lineDash: [2, 5] }) }),
  before: line("--before", 2),
  after: line("--after", 2, [7, 5]),
  judged: line("--review-mark", 3),
  replaced: line("--review-mark", 1.4, [3, 5]),
  edited: (feature, resolution) =>
    feature.getGeometry() instanceof MultiLineString
      ? [...edited(), vertices(feature, resolution)]
      : edited(),
  chosenVertex,
};
