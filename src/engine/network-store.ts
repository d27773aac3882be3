import { loadNetwork, type LoadedNetwork } from '../model/loaded-network.ts';
import type { BackendName } from '../runtime/backend.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Architecture } from '../weights/architecture.ts';
import type { WeightsFile, WeightsTensor } from '../weights/weights-file.ts';

/** A share in a network on a backend. */
export interface NetworkLease {
  readonly network: LoadedNetwork;
  /** Gives the share back; with the last one its tensors go. Idempotent. */
  release(): void;
  /** The same for a backend that is lost: nobody is given this network again. */
  abandon(): void;
}

/** Networks with the parameters of their file, one for each file and backend, however many generators draw with it. */
export interface NetworkStore {
  /** The runtime must live at least as long as the lease. */
  acquire(runtime: Runtime, file: WeightsFile): NetworkLease;
}

interface StoredNetwork {
  readonly network: LoadedNetwork;
  users: number;
}

export function createNetworkStore(): NetworkStore {
  const stored = new Map<WeightsFile, Map<BackendName, StoredNetwork>>();

  const forget = (file: WeightsFile, backend: BackendName, entry: StoredNetwork) => {
    const ofFile = stored.get(file);
    if (ofFile?.get(backend) === entry) ofFile.delete(backend);
    if (ofFile?.size === 0) stored.delete(file);
  };

  const find = (runtime: Runtime, file: WeightsFile): StoredNetwork => {
    const ofFile = stored.get(file) ?? new Map<BackendName, StoredNetwork>();
    const found = ofFile.get(runtime.backend);
    if (found) return found;
    const entry = { network: runtime.run(() => loadNetwork(file.info.architecture, file.tensors)), users: 0 };
    ofFile.set(runtime.backend, entry);
    stored.set(file, ofFile);
    return entry;
  };

  return {
    acquire(runtime, file) {
      const entry = find(runtime, file);
      entry.users += 1;
      const leave = () => {
        entry.users -= 1;
        if (entry.users > 0) return;
        forget(file, runtime.backend, entry);
        entry.network.dispose();
      };
      return createLease(entry.network, leave, () => {
        forget(file, runtime.backend, entry);
      });
    },
  };
}

/** A network of one generator's own, for weights that were changed: the others keep theirs. */
export function createPrivateNetwork(
  runtime: Runtime,
  architecture: Architecture,
  tensors: ReadonlyMap<string, WeightsTensor>,
): NetworkLease {
  const network = runtime.run(() => loadNetwork(architecture, tensors));
  return createLease(network, () => {
    network.dispose();
  });
}

function createLease(network: LoadedNetwork, leave: () => void, forget?: () => void): NetworkLease {
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    leave();
  };
  return {
    network,
    release,
    abandon: () => {
      forget?.();
      release();
    },
  };
}
