// A dedicated worker that reads the pictures it is sent and posts what came of them.
import { readTrainingPictures, type NamedPicture, type ReadPicturesOptions } from '../../../src/engine/pictures/read-training-pictures.ts';
import { encodeError } from '../../../src/support/errors.ts';

self.onmessage = ({ data }: MessageEvent<[NamedPicture[], ReadPicturesOptions]>) => {
  readTrainingPictures(...data).then(
    (outcome) => self.postMessage({ outcome }),
    (error: unknown) => self.postMessage({ error: encodeError(error) }),
  );
};
self.postMessage('ready');
