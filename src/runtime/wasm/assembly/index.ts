// WASM-SIMD kernels that work on the memory of TF.js's own WASM backend. They own nothing there: no data segments, no StaticArray, no new.
// Pointers and counts come from the caller, who checks them.
export { batchNorm, batchNormGradient } from './batch-norm';
export { conv2dBackpropFilter } from './conv2d-backprop-filter';
export { convolve, convolveUnits, scratchBytes } from './convolve';
export { convolveTiles, countTiles, tilesScratch } from './convolve-tiles';
export { filterRows } from './filter-rows';
export { grid } from './grid';
export { double, halve } from './halve';
export { computeStyles } from './styles';
export { mapRow } from './mapping';
export { multiplyMatrices } from './multiply-matrices';
export { segmentSum } from './segment-sum';
export { sumColumns, sumRows, transposeAxes } from './rearrange';
export { sumTiles } from './sum-tiles';
export { toRgbRows } from './to-rgb';
export { contractCells, transformCells } from './transform-cells';
export { transformKernel } from './transform-kernel';
