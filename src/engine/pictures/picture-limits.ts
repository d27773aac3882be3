/** How many pictures one training takes; what comes after them is refused by name. */
export const MAX_PICTURES = 2000;

/** The reason of those. */
export const TOO_MANY_PICTURES = `At most ${MAX_PICTURES} pictures are taken, and there are that many before it.`;

/** The largest picture, in pixels: above it, its header is enough to refuse it, and nothing of it is decoded. */
export const MAX_PICTURE_PIXELS = 50_000_000;

/** The largest file: what the largest picture takes uncompressed. */
export const MAX_PICTURE_BYTES = 4 * MAX_PICTURE_PIXELS;
