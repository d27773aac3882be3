"""Training steps as CUDA graphs: networks this small are held up by the launching of their kernels, not by the kernels."""

import torch

WARM_UP = 3


class Recorded:
    """A step without arguments: on CUDA its kernels are recorded after some calls and replayed from then on; elsewhere it just runs.

    So a step may not wait for the device, and what it takes and leaves behind are tensors of fixed place. Call it on a stream of its
    own: streams of several trainings run side by side.
    """

    def __init__(self, step, on_cuda):
        self.step, self.calls_to_warm_up, self.graph = step, WARM_UP if on_cuda else None, None

    def __call__(self):
        if self.graph is not None:
            self.graph.replay()
        elif self.calls_to_warm_up == 0:
            self.record()
        else:
            self.step()
            if self.calls_to_warm_up is not None:
                self.calls_to_warm_up -= 1

    def record(self):
        """Records the step, and runs it."""
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=torch.cuda.current_stream()):
            self.step()
        graph.replay()
        self.graph = graph
