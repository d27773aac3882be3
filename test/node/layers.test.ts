/** The lint configuration really holds the layers apart: each forbidden import is reported, each allowed one is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ESLint } from 'eslint';

const LAYER_RULES = ['import-x/no-restricted-paths', '@typescript-eslint/no-restricted-imports', 'import-x/no-cycle'];

const eslint = new ESLint({
  // Only the rules of layers, which ask for no types: reading the program for the others would take most of the time.
  ruleFilter: ({ ruleId }) => LAYER_RULES.includes(ruleId),
  overrideConfig: { languageOptions: { parserOptions: { project: null } } },
});

/** The rules that object when `code` stands in the existing file `filePath`. */
async function lint(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

const FORBIDDEN: readonly (readonly [file: string, specifier: string])[] = [
  ['src/latent/slerp.ts', '../runtime/runtime.ts'],
  ['src/latent/slerp.ts', '../weights/model-info.ts'],
  ['src/weights/safetensors.ts', '../latent/slerp.ts'],
  ['src/runtime/runtime.ts', '../model/generator-network.ts'],
  ['src/model/generator-network.ts', '../engine/generator.ts'],
  ['src/engine/create-generator.ts', '../element/gan-canvas.ts'],
  ['src/support/errors.ts', '../latent/slerp.ts'],
];

const FORBIDDEN_PACKAGES: readonly (readonly [file: string, specifier: string])[] = [
  ['src/latent/slerp.ts', '@tensorflow/tfjs-core'],
  ['src/element/gan-canvas.ts', '@tensorflow/tfjs-core'],
  ['src/engine/create-generator.ts', '@tensorflow/tfjs-core'],
  ['src/model/generator-network.ts', '@tensorflow/tfjs-backend-wasm'],
  ['src/model/generator-network.ts', 'lit'],
  ['src/runtime/runtime.ts', '@tensorflow/tfjs'],
  ['src/weights/safetensors.ts', 'node:fs'],
];

const ALLOWED: readonly (readonly [file: string, specifier: string])[] = [
  ['src/element/gan-canvas.ts', 'lit'],
  ['src/element/gan-canvas.ts', '../engine/engine-client.ts'],
  ['src/model/generator-network.ts', '@tensorflow/tfjs-core'],
  ['src/runtime/runtime.ts', '../support/errors.ts'],
];

describe('the lint of layers', { timeout: 120_000 }, () => {
  for (const [file, specifier] of FORBIDDEN) {
    it(`refuses ${specifier} in ${file}`, async () => {
      const rules = await lint(file, `export * from '${specifier}';\n`);
      assert.ok(rules.includes('import-x/no-restricted-paths'), `reported: ${rules.join()}`);
    });
  }
  for (const [file, specifier] of FORBIDDEN_PACKAGES) {
    it(`refuses the package ${specifier} in ${file}`, async () => {
      const rules = await lint(file, `export * from '${specifier}';\n`);
      assert.ok(rules.includes('@typescript-eslint/no-restricted-imports'), `reported: ${rules.join()}`);
    });
  }
  for (const [file, specifier] of ALLOWED) {
    it(`allows ${specifier} in ${file}`, async () => {
      assert.deepEqual(await lint(file, `export * from '${specifier}';\n`), []);
    });
  }
  it('refuses a cycle', async () => {
    const rules = await lint('src/support/errors.ts', "export * from '../latent/directions.ts';\n");
    assert.ok(rules.includes('import-x/no-cycle'), rules.join());
  });
});
