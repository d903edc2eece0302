// A line as a list of parts, each a list of [x, y] in EPSG:3031, in metres. Nothing here changes
// what it is given.

export function onGrid(line, grid) {
  return line.map((part) => part.map(([x, y]) => [snap(x, grid), snap(y, grid)])).map(withoutRepeats);
}

export function withMoved(line, index, [dx, dy]) {
  return mapped(line, index, ([x, y]) => [[x + dx, y + dy]]);
}

export function withRemoved(line, index) {
  return mapped(line, index, () => [], 2);
}

export function withMiddle(line, index) {
  const [part, at] = place(line, index);
  const next = line[part][at + 1];
  if (!next) return line;
  return mapped(line, index, ([x, y]) => [[x, y], [(x + next[0]) / 2, (y + next[1]) / 2]]);
}

function snap(value, grid) {
  return Math.round(value / grid) * grid;
}

function withoutRepeats(part) {
  const kept = part.filter((p, i) => i === 0 || p[0] !== part[i - 1][0] || p[1] !== part[i - 1][1]);
  return kept.length > 1 ? kept : part;
}

function mapped(line, index, change, fewest = 0) {
  const [part, at] = place(line, index);
  if (line[part].length <= fewest) return line;
  return line.map((vertices, p) =>
    p === part ? vertices.flatMap((vertex, i) => (i === at ? change(vertex) : [vertex])) : vertices,
  );
}

function place(line, index) {
  let before = 0;
  for (let part = 0; part < line.length; part += 1) {
    if (index < before + line[part].length) return [part, index - before];
    before += line[part].length;
  }
  return [line.length - 1, line[line.length - 1].length - 1];
}
