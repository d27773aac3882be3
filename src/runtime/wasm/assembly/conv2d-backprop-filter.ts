// The gradient of a convolution by its kernel: dw[ky, kx, ci, co] = Σ over n, oy, ox of x[n, oy·s + ky − top, ox·s + kx − left, ci] · dy[n, oy, ox, co].
// One row of dy at a time, so that it and the row of x stay in the cache; a block of dw stays in registers along the row.

/** 4 input × 8 output channels along a row of `count` pixels. Strides are bytes from pixel to pixel; `row` is bytes from ci to ci + 1 in dw. */
// @ts-ignore: decorator
@inline
function block4x8(x: usize, dy: usize, dw: usize, count: i32, xStride: usize, dyStride: usize, row: usize): void {
  let a0 = v128.load(dw);
  let b0 = v128.load(dw, 16);
  let a1 = v128.load(dw + row);
  let b1 = v128.load(dw + row, 16);
  let a2 = v128.load(dw + 2 * row);
  let b2 = v128.load(dw + 2 * row, 16);
  let a3 = v128.load(dw + 3 * row);
  let b3 = v128.load(dw + 3 * row, 16);
  for (let i = 0; i < count; i++) {
    const ya = v128.load(dy);
    const yb = v128.load(dy, 16);
    const x0 = v128.load32_splat(x);
    a0 = f32x4.add(a0, f32x4.mul(x0, ya));
    b0 = f32x4.add(b0, f32x4.mul(x0, yb));
    const x1 = v128.load32_splat(x, 4);
    a1 = f32x4.add(a1, f32x4.mul(x1, ya));
    b1 = f32x4.add(b1, f32x4.mul(x1, yb));
    const x2 = v128.load32_splat(x, 8);
    a2 = f32x4.add(a2, f32x4.mul(x2, ya));
    b2 = f32x4.add(b2, f32x4.mul(x2, yb));
    const x3 = v128.load32_splat(x, 12);
    a3 = f32x4.add(a3, f32x4.mul(x3, ya));
    b3 = f32x4.add(b3, f32x4.mul(x3, yb));
    x += xStride;
    dy += dyStride;
  }
  v128.store(dw, a0);
  v128.store(dw, b0, 16);
  v128.store(dw + row, a1);
  v128.store(dw + row, b1, 16);
  v128.store(dw + 2 * row, a2);
  v128.store(dw + 2 * row, b2, 16);
  v128.store(dw + 3 * row, a3);
  v128.store(dw + 3 * row, b3, 16);
}

/** 4 input × 4 output channels. */
// @ts-ignore: decorator
@inline
function block4x4(x: usize, dy: usize, dw: usize, count: i32, xStride: usize, dyStride: usize, row: usize): void {
  let a0 = v128.load(dw);
  let a1 = v128.load(dw + row);
  let a2 = v128.load(dw + 2 * row);
  let a3 = v128.load(dw + 3 * row);
  for (let i = 0; i < count; i++) {
    const y = v128.load(dy);
    a0 = f32x4.add(a0, f32x4.mul(v128.load32_splat(x), y));
    a1 = f32x4.add(a1, f32x4.mul(v128.load32_splat(x, 4), y));
    a2 = f32x4.add(a2, f32x4.mul(v128.load32_splat(x, 8), y));
    a3 = f32x4.add(a3, f32x4.mul(v128.load32_splat(x, 12), y));
    x += xStride;
    dy += dyStride;
  }
  v128.store(dw, a0);
  v128.store(dw + row, a1);
  v128.store(dw + 2 * row, a2);
  v128.store(dw + 3 * row, a3);
}

/** 1 input × 4 output channels. */
// @ts-ignore: decorator
@inline
function block1x4(x: usize, dy: usize, dw: usize, count: i32, xStride: usize, dyStride: usize): void {
  let sum = v128.load(dw);
  for (let i = 0; i < count; i++) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(x), v128.load(dy)));
    x += xStride;
    dy += dyStride;
  }
  v128.store(dw, sum);
}

/** 1 input × 1 output channel. */
// @ts-ignore: decorator
@inline
function block1x1(x: usize, dy: usize, dw: usize, count: i32, xStride: usize, dyStride: usize): void {
  let sum = load<f32>(dw);
  for (let i = 0; i < count; i++) {
    sum += load<f32>(x) * load<f32>(dy);
    x += xStride;
    dy += dyStride;
  }
  store<f32>(dw, sum);
}

/** One tap of the kernel along one row: all pairs of channels. */
function addRow(x: usize, dy: usize, dw: usize, count: i32, xStride: usize, inChannels: i32, outChannels: i32): void {
  const row = <usize>outChannels << 2;
  let ci = 0;
  for (; ci + 4 <= inChannels; ci += 4) {
    const xc = x + (<usize>ci << 2);
    const dwc = dw + <usize>ci * row;
    let co = 0;
    for (; co + 8 <= outChannels; co += 8) block4x8(xc, dy + (<usize>co << 2), dwc + (<usize>co << 2), count, xStride, row, row);
    for (; co + 4 <= outChannels; co += 4) block4x4(xc, dy + (<usize>co << 2), dwc + (<usize>co << 2), count, xStride, row, row);
    for (; co < outChannels; co++) {
      for (let i: usize = 0; i < 4; i++) block1x1(xc + (i << 2), dy + (<usize>co << 2), dwc + i * row + (<usize>co << 2), count, xStride, row);
    }
  }
  for (; ci < inChannels; ci++) {
    const xc = x + (<usize>ci << 2);
    const dwc = dw + <usize>ci * row;
    let co = 0;
    for (; co + 4 <= outChannels; co += 4) block1x4(xc, dy + (<usize>co << 2), dwc + (<usize>co << 2), count, xStride, row);
    for (; co < outChannels; co++) block1x1(xc, dy + (<usize>co << 2), dwc + (<usize>co << 2), count, xStride, row);
  }
}

/** x [n, h, w, ci], dy [n, oh, ow, co] and dw [kh, kw, ci, co], float32, channels last; dw is overwritten. */
export function conv2dBackpropFilter(
  x: usize,
  dy: usize,
  dw: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  inChannels: i32,
  outHeight: i32,
  outWidth: i32,
  outChannels: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  padTop: i32,
  padLeft: i32,
): void {
  const xPixel = <usize>inChannels << 2;
  const dyPixel = <usize>outChannels << 2;
  const tap = xPixel * <usize>outChannels;
  memory.fill(dw, 0, tap * <usize>(kernelHeight * kernelWidth));
  for (let n = 0; n < batch; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const dyRow = dy + <usize>((n * outHeight + oy) * outWidth) * dyPixel;
      for (let ky = 0; ky < kernelHeight; ky++) {
        const iy = oy * strideHeight + ky - padTop;
        if (iy < 0 || iy >= inHeight) continue;
        const xRow = x + <usize>((n * inHeight + iy) * inWidth) * xPixel;
        for (let kx = 0; kx < kernelWidth; kx++) {
          // The outputs whose input ox · stride + shift lies inside the picture.
          const shift = kx - padLeft;
          const first = shift >= 0 ? 0 : (strideWidth - 1 - shift) / strideWidth;
          const room = inWidth - 1 - shift;
          const end = room < 0 ? 0 : min(outWidth, room / strideWidth + 1);
          if (first >= end) continue;
          addRow(
            xRow + <usize>(first * strideWidth + shift) * xPixel,
            dyRow + <usize>first * dyPixel,
            dw + <usize>(ky * kernelWidth + kx) * tap,
            end - first,
            <usize>strideWidth * xPixel,
            inChannels,
            outChannels,
          );
        }
      }
    }
  }
}
