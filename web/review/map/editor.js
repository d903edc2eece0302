// Drawing a line anew: by pointer (drag a vertex, draw afresh) and by keyboard alone.

import Feature from "ol/Feature.js";
import LineString from "ol/geom/LineString.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import Point from "ol/geom/Point.js";
import Draw from "ol/interaction/Draw.js";
import Modify from "ol/interaction/Modify.js";
import Snap from "ol/interaction/Snap.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";

import { onGrid, withMiddle, withMoved, withRemoved } from "./line.js";
import { styles } from "./styles.js";

const FAR = 10; // steps of an arrow key with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Editor {
  constructor(map, layers, content) {
    this.map = map;
    this.layers = layers;
    this.grid = content.grid;
    this.judged = content.lines.judged;
    this.drawn = content.lines.drawn;
    this.feature = new Feature();
    this.chosen = new Feature();
    this.source = new VectorSource();
    this.marks = new VectorSource();
    this.layer = new VectorLayer({ source: this.source, style: styles.edited, zIndex: 8 });
    this.markLayer = new VectorLayer({
      source: this.marks,
      style: styles.chosenVertex,
      zIndex: 9,
    });
    this.at = 0;
    this.active = false;
    this.interactions = [];
    this.onKey = this.onKey.bind(this);
    // A line that the server refused is shown again as it was drawn.
    if (this.drawn) this.open();
  }

  get line() {
    return this.feature.getGeometry()?.getCoordinates() ?? [];
  }

  set line(coordinates) {
    const line = onGrid(coordinates, this.grid);
    this.feature.setGeometry(new MultiLineString(line));
    this.at = Math.min(this.at, Math.max(line.flat().length - 1, 0));
    this.mark();
  }

  open() {
    if (this.active) return;
    this.active = true;
    document.documentElement.classList.add("editing");
    this.layers.judged.setStyle(styles.replaced);
    this.map.addLayer(this.layer);
    this.map.addLayer(this.markLayer);
    this.take(this.drawn ?? this.judged);
    this.map.getTargetElement().addEventListener("keydown", this.onKey, true);
    this.map.getTargetElement().focus();
  }

  close() {
    if (!this.active) return;
    this.active = false;
    document.documentElement.classList.remove("editing");
    this.layers.judged.setStyle(styles.judged);
    this.map.removeLayer(this.layer);
    this.map.removeLayer(this.markLayer);
    this.use([]);
    this.map.getTargetElement().removeEventListener("keydown", this.onKey, true);
    this.say("");
  }

  restart() {
    this.take(this.judged);
  }

  take(line) {
    this.source.clear();
    this.source.addFeature(this.feature);
    this.at = 0;
    this.line = line;
    this.modify();
  }

  modify() {
    const modify = new Modify({ source: this.source });
    modify.on("modifyend", () => {
      this.line = this.line;
    });
    this.use([modify, ...this.snaps()]);
    this.say(this.summary());
  }

  drawAfresh() {
    this.source.clear();
    this.marks.clear();
    const draw = new Draw({ source: this.source, type: "LineString", style: styles.edited });
    draw.on("drawend", (event) => {
      const drawn = event.feature.getGeometry();
      // After OpenLayers has put its own feature into the source.
      setTimeout(() => this.take([drawn instanceof LineString ? drawn.getCoordinates() : []]), 0);
    });
    this.use([draw, ...this.snaps()]);
    this.say("Click along the front from end to end; a double click ends the line.");
  }

  snaps() {
    const neighbours = [this.layers.before, this.layers.after];
    return neighbours.map((layer) => new Snap({ source: layer.getSource(), pixelTolerance: 8 }));
  }

  use(interactions) {
    this.interactions.forEach((interaction) => this.map.removeInteraction(interaction));
    this.interactions = interactions;
    interactions.forEach((interaction) => this.map.addInteraction(interaction));
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = this.actionOf(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
    if (event.key !== "Enter" && event.key !== "Escape") this.say(this.summary());
  }

  actionOf(event) {
    const move = ARROWS[event.key];
    if (move) return () => this.moveChosen(move, event.shiftKey ? FAR : 1);
    const actions = {
      "]": () => this.choose(1),
      "[": () => this.choose(-1),
      i: () => (this.line = withMiddle(this.line, this.at)),
      Delete: () => (this.line = withRemoved(this.line, this.at)),
      Backspace: () => (this.line = withRemoved(this.line, this.at)),
    };
    return actions[event.key];
  }

  choose(step) {
    const count = this.line.flat().length;
    if (!count) return;
    this.at = (this.at + step + count) % count;
    this.mark();
    const vertex = this.line.flat()[this.at];
    const view = this.map.getView();
    const [west, south, east, north] = view.calculateExtent();
    const inside = vertex[0] > west && vertex[0] < east && vertex[1] > south && vertex[1] < north;
    if (!inside) view.setCenter(vertex);
  }

  moveChosen([dx, dy], steps) {
    // A step is what can be seen: a pixel, but at least one cell of the grid.
    const cells = Math.max(Math.round(this.map.getView().getResolution() / this.grid), 1);
    const step = cells * this.grid * steps;
    this.line = withMoved(this.line, this.at, [dx * step, dy * step]);
  }

  mark() {
    this.marks.clear();
    const vertex = this.line.flat()[this.at];
    if (!vertex || !this.active) return;
    this.chosen.setGeometry(new Point(vertex));
    this.marks.addFeature(this.chosen);
  }

  summary() {
    const count = this.line.flat().length;
    return `Vertex ${this.at + 1} of ${count}.`;
  }

  say(text) {
    const place = document.getElementById("map-says");
    if (place) place.textContent = text;
  }
}
