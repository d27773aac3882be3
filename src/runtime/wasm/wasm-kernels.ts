/** What build/kernels*.wasm exports. Pointers are bytes into TF.js's own memory; see `assembly/` for each. */
export interface WasmKernels {
  batchNorm(
    x: number,
    scale: number,
    offset: number,
    y: number,
    mean: number,
    variance: number,
    work: number,
    rows: number,
    channels: number,
    epsilon: number,
  ): void;
  batchNormGradient(
    dy: number,
    dMean: number,
    dVariance: number,
    x: number,
    mean: number,
    variance: number,
    scale: number,
    dx: number,
    dScale: number,
    dOffset: number,
    work: number,
    rows: number,
    channels: number,
    epsilon: number,
  ): void;
  conv2dBackpropFilter(
    x: number,
    dy: number,
    dw: number,
    batch: number,
    inHeight: number,
    inWidth: number,
    inChannels: number,
    outHeight: number,
    outWidth: number,
    outChannels: number,
    kernelHeight: number,
    kernelWidth: number,
    strideHeight: number,
    strideWidth: number,
    padTop: number,
    padLeft: number,
  ): void;
  transformCells(
    kernel: number,
    out: number,
    height: number,
    width: number,
    inputs: number,
    outputs: number,
    step: number,
    before: number,
    across: number,
    turned: boolean,
    work: number,
  ): void;
  contractCells(
    sums: number,
    kernel: number,
    height: number,
    width: number,
    inputs: number,
    outputs: number,
    step: number,
    before: number,
    across: number,
    work: number,
  ): void;
  sumRows(x: number, y: number, outer: number, rows: number, inner: number): void;
  sumColumns(x: number, y: number, rows: number, length: number): void;
  multiplyMatrices(
    a: number,
    aRow: number,
    aStep: number,
    b: number,
    turned: boolean,
    y: number,
    rows: number,
    depth: number,
    columns: number,
    work: number,
  ): void;
  halve(x: number, y: number, batch: number, height: number, width: number, channels: number, work: number): void;
  double(y: number, x: number, batch: number, height: number, width: number, channels: number, work: number): void;
  segmentSum(x: number, ids: number, y: number, rows: number, inner: number, segments: number): void;
  transposeAxes(x: number, y: number, rank: number, axes: number, at: number): void;
  countTiles(convolution: number): number;
  tilesScratch(convolution: number): number;
  convolveTiles(convolution: number, scratch: number, first: number, end: number): void;
  sumTiles(convolution: number, scratch: number): void;
  transformKernel(kernel: number, out: number, form: number, inputs: number, outputs: number): void;
  mapRow(
    z: number,
    oneHot: number,
    layers: number,
    w: number,
    work: number,
    zDim: number,
    classes: number,
    wDim: number,
    count: number,
    slope: number,
  ): void;
  computeStyles(
    w: number,
    stride: number,
    weight: number,
    affineBias: number,
    power: number,
    style: number,
    demodulation: number,
    batch: number,
    wDim: number,
    inputs: number,
    outputs: number,
    epsilon: number,
  ): void;
  convolveUnits(layer: number): number;
  scratchBytes(form: number, tiles: number, inputs: number, groupSize: number): number;
  convolve(layer: number, scratch: number, first: number, end: number): void;
  filterRows(layer: number, scratch: number, first: number, end: number): void;
  toRgbRows(
    x: number,
    style: number,
    kernel: number,
    bias: number,
    image: number,
    y: number,
    scratch: number,
    size: number,
    inputs: number,
    limit: number,
    first: number,
    end: number,
  ): void;
  grid(images: number, out: number, count: number, height: number, width: number, columns: number): void;
}

/** Kernels that do units of work [first, end) of what `layer` describes, with scratch memory of their own. */
export const UNIT_KERNELS = ['convolve', 'filterRows', 'convolveTiles'] as const;
export type UnitKernel = (typeof UNIT_KERNELS)[number];
