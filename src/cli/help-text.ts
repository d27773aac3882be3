/** What `gan-canvas --help` prints. */
export const HELP = `Usage: gan-canvas render [options] --out FILE.png
       gan-canvas import CHECKPOINT --out NAME.safetensors

Draws pictures from a small generative network. Equal seeds give the same picture here and in every browser.

Commands:
  render          draw pictures; gan-canvas render --help lists its options
  import          convert a checkpoint of your own; gan-canvas import --help tells which

Options:
  -h, --help      print this
      --version   print the version
`;

/** What `gan-canvas render --help` prints. */
export function renderHelp(models: readonly string[]): string {
  return `Usage: gan-canvas render [options] --out FILE.png

What draws:
  --model NAME          a bundled model: ${models.join(', ')} (default pomona)
  --src FILE or URL     a weights file (.safetensors) instead
  --integrity HASH      SRI hash that the bytes of --src must have
  --backend NAME        wasm (default) or cpu

What is drawn:
  --seed SEED           any string (default 0); 0..63 is a range, 1,2,5..9 a list (\\, is a comma), and it may be repeated
  --latent FILE.json    z itself, an array of numbers; class and noise still come from the seed
  --latent-dim K        only the first K components of z count
  --truncation PSI      0 (the mean picture) to 2; default the model's
  --class-label NAME    name or index of a class; default drawn from the seed
  --noise MODE          const, none or random (from the seed); default the model's
  --directions LIST     name:size pairs, "redness:1.5 roundness:-1", or JSON with vectors of your own
  --mix SEED@LAYERS     layers that take their style from a second seed, "7@4-7"

What is written (PNG; how each was made stands in its text chunk "gan-canvas"):
  -o, --out PATH        a file; a folder, or a name with {seed} or {index}, for many; - for stdout. Missing folders are made.
  --sheet 8x8           all pictures on one sheet, columns x rows; a single seed fills it with seed, seed/1, seed/2, …
  --scale N             enlarge N times, 1 to 32, smoothly
  --pixelated           enlarge by repeating pixels
  -q, --quiet           print only errors

Exit codes: 0 done, 1 failed (a file, the network, a backend), 2 the command is wrong. DEBUG=1 adds the stack to an error.
`;
}

/** What `gan-canvas import --help` prints. */
export const IMPORT_HELP = `Usage: gan-canvas import CHECKPOINT [DISCRIMINATOR] --out NAME.safetensors [options]

Converts a checkpoint into a weights file for the tag's src, createGenerator() and gan-canvas render --src. No code in the checkpoint is run.

What is read:
  .pkl            of StyleGAN2-ADA and of the StyleGAN3 repository, with StyleGAN2 networks: G_ema and D
  .pt             of rosinality's StyleGAN2: g_ema and d; of gan-canvas's own recipe: ema and d
  .pth            the DCGAN of PyTorch's tutorial, as a state dict or a whole network; its two networks may be two files

What is written:
  -o, --out NAME.safetensors   the generator; a discriminator becomes NAME.discriminator.safetensors beside it. Missing folders are made.
  --dtype TYPE                 f32 (default) or f16, which takes half the bytes
  --generator-only             leave the discriminator out, even one that cannot be imported
  -q, --quiet                  print only errors

Exit codes: 0 done, 1 failed (a file that cannot be read, imported or written), 2 the command is wrong. DEBUG=1 adds the stack to an error.
`;
