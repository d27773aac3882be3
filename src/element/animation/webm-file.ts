/** One encoded frame. */
export interface WebmFrame {
  readonly timeMs: number;
  /** True: it can be decoded without those before. */
  readonly isKey: boolean;
  readonly bytes: Uint8Array;
}

/** A track of frames without sound. */
export interface WebmTrack {
  readonly codec: 'V_VP8' | 'V_VP9';
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  /** In the order of time; the first is a key frame, and the next one never further than 32 s away. */
  readonly frames: readonly WebmFrame[];
}

/** Ids of https://www.matroska.org/technical/elements.html. */
const ID = {
  ebml: 0x1a45dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
} as const;

type Bytes = Uint8Array<ArrayBuffer>;

function join(parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Big-endian, in as many bytes as it takes, or in so many. */
function unsigned(value: number, length = Math.max(1, Math.ceil(Math.log2(value + 1) / 8))): Bytes {
  return Uint8Array.from({ length }, (_, index) => Math.floor(value / 256 ** (length - 1 - index)) % 256);
}

function float64(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
}

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

/** Id, size (always in eight bytes, the first of which says so) and content. */
function element(id: number, ...content: readonly Uint8Array[]): Bytes {
  const size = content.reduce((sum, { length }) => sum + length, 0);
  return join([unsigned(id), Uint8Array.of(0x01), unsigned(size, 7), ...content]);
}

function fileHeader(): Bytes {
  return element(
    ID.ebml,
    element(ID.ebmlVersion, unsigned(1)),
    element(ID.ebmlReadVersion, unsigned(1)),
    element(ID.ebmlMaxIdLength, unsigned(4)),
    element(ID.ebmlMaxSizeLength, unsigned(8)),
    element(ID.docType, text('webm')),
    element(ID.docTypeVersion, unsigned(4)),
    element(ID.docTypeReadVersion, unsigned(2)),
  );
}

function info(durationMs: number): Bytes {
  return element(
    ID.info,
    // Nanoseconds to a tick: times are in milliseconds.
    element(ID.timestampScale, unsigned(1_000_000)),
    element(ID.duration, float64(durationMs)),
    element(ID.muxingApp, text('gan-canvas')),
    element(ID.writingApp, text('gan-canvas')),
  );
}

function tracks({ codec, width, height }: WebmTrack): Bytes {
  const video = element(ID.video, element(ID.pixelWidth, unsigned(width)), element(ID.pixelHeight, unsigned(height)));
  const entry = element(
    ID.trackEntry,
    element(ID.trackNumber, unsigned(1)),
    element(ID.trackUid, unsigned(1)),
    element(ID.trackType, unsigned(1)),
    element(ID.flagLacing, unsigned(0)),
    element(ID.codecId, text(codec)),
    video,
  );
  return element(ID.tracks, entry);
}

/** Frames from one key frame to the next. */
function clusters(frames: readonly WebmFrame[]): { timeMs: number; bytes: Bytes }[] {
  const groups: WebmFrame[][] = [];
  for (const frame of frames) {
    if (frame.isKey || groups.length === 0) groups.push([]);
    groups.at(-1)?.push(frame);
  }
  return groups.map((group) => {
    const startMs = Math.round(group[0]?.timeMs ?? 0);
    const blocks = group.map(({ timeMs, isKey, bytes }) => {
      // Track 1, a signed 16-bit time after the cluster's, and whether it is a key frame.
      const head = join([Uint8Array.of(0x81), unsigned(Math.round(timeMs) - startMs, 2), Uint8Array.of(isKey ? 0x80 : 0)]);
      return element(ID.simpleBlock, head, bytes);
    });
    return { timeMs: startMs, bytes: element(ID.cluster, element(ID.timestamp, unsigned(startMs)), ...blocks) };
  });
}

/** Where the key frames are, so that players can jump; positions count from the start of the segment's content. */
function cues(points: readonly { timeMs: number; position: number }[]): Bytes {
  const list = points.map(({ timeMs, position }) => {
    const place = element(ID.cueTrackPositions, element(ID.cueTrack, unsigned(1)), element(ID.cueClusterPosition, unsigned(position, 8)));
    return element(ID.cuePoint, element(ID.cueTime, unsigned(timeMs)), place);
  });
  return element(ID.cues, ...list);
}

/** Writes a WebM file of one track, with its duration and its cues, so that players know its length and can jump in it. */
export function encodeWebm(track: WebmTrack): Uint8Array<ArrayBuffer> {
  const head = join([info(track.durationMs), tracks(track)]);
  const parts = clusters(track.frames);
  // Positions have eight bytes whatever they are, so that the cues' own size is known before.
  let position = head.length + cues(parts.map(({ timeMs }) => ({ timeMs, position: 0 }))).length;
  const points = parts.map(({ timeMs, bytes }) => {
    const point = { timeMs, position };
    position += bytes.length;
    return point;
  });
  return join([fileHeader(), element(ID.segment, head, cues(points), ...parts.map(({ bytes }) => bytes))]);
}
