import { BACKEND_NAMES, type BackendName } from '../../src/runtime/backend.ts';
import { acquireRuntime, type Runtime } from '../../src/runtime/runtime.ts';

/** Backends that this run must test, as `REQUIRE_BACKENDS=webgpu,wasm` names them. */
function isRequired(name: BackendName): boolean {
  const required = (globalThis as { REQUIRE_BACKENDS?: string }).REQUIRE_BACKENDS ?? '';
  return required.split(',').includes(name);
}

/**
 * Declares the same tests for every backend. `acquire()` gives the test a runtime, given back after the test. A backend that cannot be had
 * here is skipped with a loud warning, and fails when REQUIRE_BACKENDS names it.
 */
export function eachBackend(
  declare: (name: BackendName, acquire: () => Promise<Runtime>) => void,
  names: readonly BackendName[] = BACKEND_NAMES,
): void {
  for (const name of names) {
    describe(`on ${name}`, () => {
      const taken: Runtime[] = [];
      // Held over the whole describe, so that the tests share one device.
      let held: Runtime | undefined;
      before(async function () {
        try {
          held = await acquireRuntime(name);
        } catch (error) {
          if (isRequired(name)) throw error;
          console.warn(`LOUD: tests on ${name} were SKIPPED: ${String(error)}`);
          this.skip();
        }
      });
      afterEach(() => {
        for (const runtime of taken.splice(0)) runtime.dispose();
      });
      after(() => held?.dispose());
      declare(name, async () => {
        const runtime = await acquireRuntime(name);
        taken.push(runtime);
        return runtime;
      });
    });
  }
}
