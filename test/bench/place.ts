/** Where benchmarks open their peers, each in a process of its own: in pages of a browser, or in Node on Dawn. */

/** What a page is told of its peer, beside what only its own benchmark knows. */
export interface PeerQuery {
  /** A script of the site. */
  readonly peer: string;
  /** How many processors the machine is said to have, which is what libraries go by. */
  readonly threads: number;
  readonly [name: string]: string | number;
}

/** The methods of a page's `bench`, each of which may be asynchronous there and is here. */
type MethodName<Bench> = { [Key in keyof Bench]: Bench[Key] extends (...args: never[]) => unknown ? Key : never }[keyof Bench] & string;
type ArgumentsOf<Method> = Method extends (...args: infer All) => unknown ? All : never;
type ResultOf<Method> = Method extends (...args: never[]) => infer Result ? Awaited<Result> : never;

/** A page with one peer in it, as the driver sees it. */
export interface OpenPeer<Bench> {
  /** Calls a method of the page's `bench`. */
  call<Name extends MethodName<Bench>>(name: Name, ...args: ArgumentsOf<Bench[Name]>): Promise<ResultOf<Bench[Name]>>;
  /** Compressed bytes downloaded for this page, without itself and weights; read it before another is opened. Null where nothing is downloaded. */
  codeBytes(): number | null;
  close(): Promise<void>;
}

export interface Place {
  /** Throws with the page's own reason when the peer cannot start. */
  open<Bench>(query: PeerQuery): Promise<OpenPeer<Bench>>;
}
