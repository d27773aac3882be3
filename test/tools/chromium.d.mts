/** Flags for every Chromium of the project's tests: WebGPU in software. */
export declare const CHROMIUM_FLAGS: string[];
/** The same with shaders that compile sooner: those of the test runner. */
export declare const TEST_RUNNER_FLAGS: string[];
/** Flags for a Chromium whose pages know no WebGPU. */
export declare const NO_GPU_FLAGS: string[];
/** Flags for a Chromium that is to use the machine's GPU, if there is one. */
export declare const HARDWARE_GPU_FLAGS: string[];
/** The path of a Chromium; downloads one when there is none. Throws an error that says what to install. */
export declare function findChromium(): Promise<string>;
