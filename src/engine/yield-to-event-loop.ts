/**
 * Resolves in a later task, after the messages and input that already wait. A MessageChannel, because timers are clamped to
 * 4 ms and throttled to 1 s in hidden tabs; Node's `setImmediate` where there is one, because an open channel keeps it alive.
 */
export function yieldToEventLoop(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
