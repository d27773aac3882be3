/** Peers in Node processes, on the WebGPU of the npm package `webgpu` (Dawn): for machines with a GPU but without a browser. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { OpenPeer, PeerQuery, Place } from './place.ts';

/** What the driver sends to pages/dawn.ts; without a name it asks only whether the peer has started. */
export interface PeerCall {
  readonly id: number;
  readonly name: string | null;
  readonly args: readonly unknown[];
}

export type PeerAnswer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** A peer that gives no answer for so long hangs. */
const TIMEOUT_MS = 300_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: Error): void;
}

class PeerProcess<Bench> implements OpenPeer<Bench> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;

  constructor(child: ChildProcess, peer: string) {
    this.#child = child;
    child.on('message', (answer) => this.#settle(answer as PeerAnswer));
    child.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the process of ${peer} ended (${signal ?? code ?? ''})`));
      this.#waiting.clear();
    });
  }

  codeBytes(): null {
    return null;
  }

  call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    return this.#ask(name, args) as Promise<Result>;
  }

  /** Resolves when the peer has started; rejects with its reason when it cannot. */
  async start(): Promise<void> {
    await this.#ask(null, []);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    // Nothing is to be saved, and Dawn need not tidy up.
    this.#child.kill('SIGKILL');
    await exit;
  }

  async #ask(name: string | null, args: readonly unknown[]): Promise<unknown> {
    const call: PeerCall = { id: this.#calls++, name, args };
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(call.id, { resolve, reject });
      this.#child.send(call, (error) => error && reject(error));
    });
    const timer = setTimeout(() => {
      this.#waiting.get(call.id)?.reject(new Error(`no answer to ${name ?? 'the start'} in ${TIMEOUT_MS.toString()} ms`));
      void this.close();
    }, TIMEOUT_MS);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(call.id);
    }
  }

  #settle(answer: PeerAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  }
}

export class DawnPlace implements Place {
  readonly #site: string;

  /** The folder of a benchmark's site. */
  constructor(site: string) {
    this.#site = site;
  }

  async open<Bench>(query: PeerQuery): Promise<OpenPeer<Bench>> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, value.toString()]));
    const child = fork(join(this.#site, 'dawn.js'), [search.toString()], { execArgv: [], serialization: 'advanced' });
    const peer = new PeerProcess<Bench>(child, query.peer);
    try {
      await peer.start();
      return peer;
    } catch (error) {
      await peer.close();
      throw error;
    }
  }
}
