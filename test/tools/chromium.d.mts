/** Flags for every Chromium of the project. */
export declare const CHROMIUM_FLAGS: string[];
/** The path of a Chromium; downloads one when there is none. Throws an error that says what to install. */
export declare function findChromium(): Promise<string>;
