/** As far as it is used here. */
interface DawnPackage {
  create(options: readonly string[]): GPU;
  readonly globals: object;
}

/** The npm package `webgpu`, WebGPU for Node, which is installed for benchmarks on a GPU only. */
export async function loadDawn(): Promise<DawnPackage> {
  // As a string, so that the compiler does not need the package.
  const name = 'webgpu' as string;
  return (await import(name).catch((error: unknown) => {
    throw new Error('--dawn needs the package `webgpu`: npm install --no-save webgpu', { cause: error });
  })) as DawnPackage;
}
