// The map of a case. The server has drawn it as a picture already; this one can be moved, and on
// it a line is drawn anew. It reads the JSON of the page and sends nothing by itself: a drawn line
// goes into the form, which the server judges.

import Feature from "ol/Feature.js";
import Map from "ol/Map.js";
import View from "ol/View.js";
import { defaults as defaultControls, ScaleLine } from "ol/control.js";
import { getCenter } from "ol/extent.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import MultiPolygon from "ol/geom/MultiPolygon.js";
import { defaults as defaultInteractions } from "ol/interaction/defaults.js";
import ImageLayer from "ol/layer/Image.js";
import VectorLayer from "ol/layer/Vector.js";
import Projection from "ol/proj/Projection.js";
import { addProjection } from "ol/proj.js";
import ImageStatic from "ol/source/ImageStatic.js";
import VectorSource from "ol/source/Vector.js";

import { Editor } from "./editor.js";
import { styles } from "./styles.js";

const POLAR = "EPSG:3031";
const HALF_WIDTH_M = 4_194_304;
const AROUND_LINES_PX = 48;
const CLOSEST_M_PER_PX = 5;

addProjection(
  new Projection({
    code: POLAR,
    units: "m",
    extent: [-HALF_WIDTH_M, -HALF_WIDTH_M, HALF_WIDTH_M, HALF_WIDTH_M],
  }),
);

function vectorLayer(zIndex, style, geometries) {
  const features = geometries.map((geometry) => new Feature(geometry));
  return new VectorLayer({ source: new VectorSource({ features }), style, zIndex });
}

function lineLayer(zIndex, style, line) {
  return vectorLayer(zIndex, style, line ? [new MultiLineString(line)] : []);
}

function coastLayers(url) {
  const layers = {
    ice: vectorLayer(0, styles.ice, []),
    grounded: vectorLayer(1, styles.grounded, []),
  };
  fetch(url)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((coast) => {
      for (const [name, layer] of Object.entries(layers)) {
        layer.getSource().addFeature(new Feature(new MultiPolygon(coast[name])));
      }
    })
    .catch(() => {}); // a map without its coast is still a map
  return Object.values(layers);
}

function pictureLayer(zIndex, picture, opacity) {
  if (!picture) return null;
  return new ImageLayer({
    source: new ImageStatic({
      url: picture.url,
      imageExtent: picture.extent,
      projection: POLAR,
      interpolate: false,
    }),
    opacity,
    zIndex,
    visible: false,
  });
}

function wireLayerSwitch(name, layer) {
  const box = document.getElementById(name);
  if (!box || !layer) return;
  box.closest("[hidden]")?.removeAttribute("hidden");
  const show = () => layer.setVisible(box.checked);
  box.addEventListener("change", show);
  show();
}

function start(target, content) {
  const radar = pictureLayer(2, content.radar, 1);
  const probability = pictureLayer(2.5, content.probability, 0.8);
  const layers = {
    region: vectorLayer(3, styles.region, [new MultiPolygon(content.region)]),
    traced: lineLayer(3.5, styles.replaced, content.lines.traced),
    before: lineLayer(4, styles.before, content.lines.before),
    after: lineLayer(5, styles.after, content.lines.after),
    judged: lineLayer(6, styles.judged, content.lines.judged),
  };
  const map = new Map({
    target,
    controls: defaultControls({ attribution: false, rotate: false }).extend([
      new ScaleLine({ minWidth: 90 }),
    ]),
    interactions: defaultInteractions({
      altShiftDragRotate: false,
      pinchRotate: false,
      onFocusOnly: false,
    }),
    layers: [
      ...coastLayers(content.coast),
      ...[radar, probability].filter(Boolean),
      ...Object.values(layers),
    ],
    view: new View({
      projection: POLAR,
      enableRotation: false,
      center: getCenter(content.view),
      minResolution: CLOSEST_M_PER_PX,
    }),
  });
  map.getView().fit(content.view, { padding: Array(4).fill(AROUND_LINES_PX) });
  wireLayerSwitch("show-radar", radar);
  wireLayerSwitch("show-probability", probability);
  const redraw = () => map.getLayers().forEach((layer) => layer.changed());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  map.once("rendercomplete", () => target.classList.add("ready"));
  const editor = new Editor(map, layers, content);
  return { editor };
}

const target = document.getElementById("map");
const content = document.getElementById("map-content");
if (target && content) {
  document.documentElement.classList.add("has-map");
  window.reviewMap = start(target, JSON.parse(content.textContent));
}
