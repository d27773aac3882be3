// The engine's worker, with a way to make it crash: any message {type: 'crash'} throws outside of all handling.
import '../../src/engine/worker.ts';

self.addEventListener('message', ({ data }: MessageEvent<{ type: string }>) => {
  if (data.type === 'crash') throw new Error('crashed on purpose');
});
