import { assert } from 'chai';
import { gatherPictures, type GatheredPictures, type PictureInput, type PictureInputs } from '../../src/element/gather-pictures.ts';
import type { Transfer } from '../../src/element/read-transfer.ts';
import { isAbortError } from '../../src/support/errors.ts';
import { assertRejectsCode } from '../support/assert-error.ts';

/** A picture of the project's own, which the test's server gives. */
const SERVED = new URL('../../stories/docs/images/demo.png', import.meta.url).href;

interface Tree {
  readonly [name: string]: Tree | File | 'broken';
}

/** A folder or file as a drag gives it; folders tell what they hold in batches of two. */
function fakeEntry(path: string, content: Tree | File | 'broken'): FileSystemEntry {
  const name = path.split('/').at(-1) ?? '';
  const isFile = content instanceof File;
  if (isFile || content === 'broken') {
    const file = (resolve: (file: File) => void, reject: (error: Error) => void) =>
      isFile ? resolve(content) : reject(new DOMException('gone', 'NotFoundError'));
    return { name, fullPath: path, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const waiting = Object.entries(content).map(([child, inside]) => fakeEntry(`${path}/${child}`, inside));
    const readEntries = (resolve: (batch: FileSystemEntry[]) => void, reject: (error: Error) => void) => {
      queueMicrotask(() => ('locked' in content ? reject(new DOMException('no access', 'SecurityError')) : resolve(waiting.splice(0, 2))));
    };
    return { readEntries };
  };
  return { name, fullPath: path, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

/** A drag's transfer, which is empty once its event is over. */
function fakeTransfer(tree: Tree): { transfer: Transfer; endEvent: () => void } {
  let isOver = false;
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: 'file',
    webkitGetAsEntry: () => (isOver ? null : fakeEntry(`/${name}`, content)),
    getAsFile: () => (isOver || !(content instanceof File) ? null : content),
  }));
  const transfer = { items, files: [], getData: () => '' } as unknown as Transfer;
  return { transfer, endEvent: () => void (isOver = true) };
}

function textTransfer(texts: Readonly<Record<string, string>>): DataTransfer {
  const transfer = new DataTransfer();
  for (const [type, text] of Object.entries(texts)) transfer.setData(type, text);
  return transfer;
}

function fileNamed(name: string, text = name): File {
  return new File([text], name);
}

function drawnCanvas(width = 3, height = 2): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.fillStyle = 'rgb(10 200 30)';
  context.fillRect(0, 0, width, height);
  return canvas;
}

async function loadImage(src: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = src;
  await image.decode();
  return image;
}

/** A picture of our server by another of its names: another site, whose pixels a page may show but not read. */
function otherSite(address: string): string {
  const url = new URL(address);
  url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return url.href;
}

/** Runs with another `fetch`. */
async function withFetch<T>(
  fake: (input: string, init: RequestInit | undefined) => Promise<Response>,
  action: () => Promise<T>,
): Promise<T> {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => fake(String(input), init);
  try {
    return await action();
  } finally {
    globalThis.fetch = original;
  }
}

const namesOf = ({ pictures }: GatheredPictures) => pictures.map(({ name }) => name);
const refusalsOf = ({ refused }: GatheredPictures) => Object.fromEntries(refused.map(({ name, reason }) => [name, reason]));

function firstPixel(bitmap: unknown): number[] {
  assert.instanceOf(bitmap, ImageBitmap);
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  context?.drawImage(bitmap as ImageBitmap, 0, 0);
  return [...(context?.getImageData(0, 0, 1, 1).data ?? [])];
}

describe('element/gather-pictures', () => {
  describe('from a caller', () => {
    it('keeps files and their names, and makes names where there are none', async () => {
      const files = [fileNamed('cat.png'), new Blob(['x']), fileNamed('dog.jpg'), new Blob(['y'])];
      const gathered = await gatherPictures(files);
      assert.deepEqual(namesOf(gathered), ['cat.png', 'picture 2', 'dog.jpg', 'picture 4']);
      gathered.pictures.forEach(({ source }, index) => assert.equal(source, files[index]));
      assert.isEmpty(gathered.refused);
    });

    it('makes bitmaps of its own from image data, canvases and bitmaps', async () => {
      const canvas = drawnCanvas();
      const offscreen = new OffscreenCanvas(2, 2);
      offscreen.getContext('2d')?.drawImage(canvas, 0, 0);
      const bitmap = await createImageBitmap(canvas);
      const image = new ImageData(Uint8ClampedArray.of(10, 200, 30, 255), 1, 1);
      const gathered = await gatherPictures(new Set<PictureInput>([canvas, offscreen, bitmap, image]));
      assert.deepEqual(namesOf(gathered), ['picture 1', 'picture 2', 'picture 3', 'picture 4']);
      for (const { source } of gathered.pictures) assert.deepEqual(firstPixel(source), [10, 200, 30, 255]);
      (gathered.pictures[2]?.source as ImageBitmap).close();
      assert.equal(bitmap.width, 3, 'the bitmap that was given is borrowed');
    });

    it('takes one picture by itself, a string as a URL', async () => {
      assert.deepEqual(namesOf(await gatherPictures(fileNamed('cat.png'))), ['cat.png']);
      assert.deepEqual(namesOf(await gatherPictures(drawnCanvas())), ['picture 1']);
      const { pictures } = await gatherPictures(SERVED);
      assert.equal(pictures[0]?.name, 'demo.png');
      assert.equal((pictures[0]?.source as Blob).type, 'image/png');
    });

    it('fetches URLs, whole, relative, of data and of blobs', async () => {
      const blobUrl = URL.createObjectURL(new Blob(['of a blob']));
      const relative = SERVED.slice(location.origin.length);
      const gathered = await gatherPictures([new URL(SERVED), `${relative}?size=1#x`, 'data:text/plain,of%20data', blobUrl]);
      URL.revokeObjectURL(blobUrl);
      assert.deepEqual(namesOf(gathered), ['demo.png', 'demo.png', 'picture 3', 'picture 4']);
      assert.deepEqual(await Promise.all(gathered.pictures.slice(2).map(({ source }) => (source as Blob).text())), [
        'of data',
        'of a blob',
      ]);
    });

    it('keeps names and crops that come with a picture', async () => {
      const crop = { x: 0.4, y: 0.5, size: 0.7 };
      const [file, url] = [fileNamed('cat.png'), new URL(SERVED)];
      const { pictures } = await gatherPictures([{ source: file, name: 'Tom', crop }, { source: url, crop }, { source: file }]);
      assert.deepEqual(
        pictures.map(({ name, crop: kept }) => [name, kept]),
        [
          ['Tom', crop],
          ['demo.png', crop],
          ['cat.png', undefined],
        ],
      );
      assert.deepEqual(await gatherPictures({ source: file, crop }), { pictures: [{ name: 'cat.png', source: file, crop }], refused: [] });
      assert.include(refusalsOf(await gatherPictures([{ source: 7 as unknown as PictureInput, name: 'x' }])).x, 'number');
    });

    it('names what cannot be fetched with the reason, and goes on', async () => {
      const missing = new URL('./no%20such.png', import.meta.url).href;
      const gathered = await gatherPictures([
        missing,
        'http://[',
        'ftp://example.test/a.png',
        'https://no-such-site.invalid/b.png',
        SERVED,
      ]);
      assert.deepEqual(namesOf(gathered), ['demo.png']);
      const reasons = refusalsOf(gathered);
      assert.deepEqual(Object.keys(reasons), ['no such.png', 'http://[', 'a.png', 'b.png']);
      assert.include(reasons['no such.png'], '404');
      assert.include(reasons['http://['], 'no URL');
      assert.include(reasons['a.png'], 'ftp:');
      assert.include(reasons['b.png'], 'no-such-site.invalid');
      assert.include(reasons['b.png'], 'CORS');
    });

    it('refuses a file by the size that its site tells, without loading it', async () => {
      let isCancelled = false;
      const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
      const response = new Response(body, { headers: { 'content-length': '300000000' } });
      const gathered = await withFetch(
        () => Promise.resolve(response),
        () => gatherPictures('https://example.test/large.png'),
      );
      assert.include(refusalsOf(gathered)['large.png'], '300 MB; at most 200');
      assert.isTrue(isCancelled);
    });

    it('fetches no more than six at once, and keeps their order', async () => {
      let [open, most] = [0, 0];
      const answers: (() => void)[] = [];
      const fake = async (url: string) => {
        most = Math.max(most, (open += 1));
        await new Promise<void>((resolve) => {
          // The last of those under way is answered first; then one after the other.
          answers.push(resolve);
          if (answers.length === 6) answers.reverse().forEach((answer) => answer());
          if (answers.length > 6) resolve();
        });
        open -= 1;
        return new Response(url);
      };
      const urls = Array.from({ length: 20 }, (_, index) => `https://example.test/${index}.png`);
      const gathered = await withFetch(fake, () => gatherPictures(urls));
      assert.equal(most, 6);
      assert.deepEqual(await Promise.all(gathered.pictures.map(({ source }) => (source as Blob).text())), urls);
    });

    it('opens no URL or canvas after the 2,000th picture', async () => {
      const files = Array.from({ length: 2000 }, (_, index) => fileNamed(`${index}.png`));
      const gathered = await withFetch(
        () => Promise.reject(new Error('fetched in vain')),
        () => gatherPictures([...files, 'https://example.test/a.png', drawnCanvas(), fileNamed('last.png')]),
      );
      assert.lengthOf(gathered.pictures, 2001);
      assert.deepEqual(Object.keys(refusalsOf(gathered)), ['a.png', 'picture 2002']);
      assert.include(refusalsOf(gathered)['a.png'], 'At most 2000');
    });

    it('gives the file of an image element, and its pixels where that cannot be fetched', async () => {
      const image = await loadImage(SERVED);
      const gathered = await gatherPictures([image]);
      assert.deepEqual(namesOf(gathered), ['demo.png']);
      assert.instanceOf(gathered.pictures[0]?.source, Blob);
      const shown = await withFetch(
        () => Promise.reject(new TypeError('blocked by the policy of the page')),
        () => gatherPictures([image]),
      );
      assert.equal((shown.pictures[0]?.source as ImageBitmap).width, image.naturalWidth);
    });

    it('refuses image elements without a picture', async () => {
      const empty = new Image();
      empty.alt = 'The cat';
      const missing = new Image();
      missing.src = new URL('./missing.png', import.meta.url).href;
      const reasons = refusalsOf(await gatherPictures([empty, missing]));
      assert.include(reasons['The cat'], 'no src');
      assert.include(reasons['missing.png'], '404');
    });

    it('refuses pixels of another site that a page may show but not read', async () => {
      const image = await loadImage(otherSite(SERVED));
      const canvas = drawnCanvas();
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      const gathered = await withFetch(
        () => Promise.reject(new TypeError('CORS')),
        () => gatherPictures([image, canvas]),
      );
      assert.isEmpty(gathered.pictures);
      const reasons = refusalsOf(gathered);
      assert.include(reasons['demo.png'], 'another site');
      assert.include(reasons['picture 2'], 'another site');
    });

    it('refuses what has no pixels or is no picture, and goes on', async () => {
      const closed = await createImageBitmap(drawnCanvas());
      closed.close();
      const inputs = [closed, drawnCanvas(0, 0), 7, null, { name: 'x' }, fileNamed('cat.png')] as PictureInput[];
      const gathered = await gatherPictures(inputs);
      assert.deepEqual(namesOf(gathered), ['cat.png']);
      const reasons = refusalsOf(gathered);
      assert.include(reasons['picture 1'], 'no pixels');
      assert.include(reasons['picture 2'], 'no pixels');
      assert.include(reasons['picture 3'], 'number');
      assert.include(reasons['picture 4'], 'null');
      assert.include(reasons['picture 5'], 'Object');
    });

    for (const wrong of [null, undefined, 5, {}]) {
      it(`rejects ${JSON.stringify(wrong) ?? 'nothing'} as no pictures`, async () => {
        await assertRejectsCode(gatherPictures(wrong as unknown as PictureInputs), 'invalid-argument', 'iterable');
      });
    }

    it('stops when it is told to, and closes the bitmaps it made', async () => {
      const controller = new AbortController();
      const original = globalThis.createImageBitmap;
      const made: ImageBitmap[] = [];
      globalThis.createImageBitmap = async (...given: unknown[]) => {
        const bitmap = await (original as (...args: unknown[]) => Promise<ImageBitmap>)(...given);
        made.push(bitmap);
        if (made.length === 2) controller.abort();
        return bitmap;
      };
      const isStopped = await gatherPictures([drawnCanvas(), drawnCanvas(), SERVED], { signal: controller.signal }).then(
        () => false,
        isAbortError,
      );
      globalThis.createImageBitmap = original;
      assert.isTrue(isStopped);
      assert.deepEqual(
        made.map(({ width }) => width),
        [0, 0],
      );
    });
  });

  describe('from a drag', () => {
    it('walks folders to their depths in the order of the names, and skips hidden files', async () => {
      const { transfer, endEvent } = fakeTransfer({
        'one.png': fileNamed('one.png'),
        pets: {
          'dog.png': fileNamed('dog.png'),
          '.DS_Store': fileNamed('.DS_Store'),
          cats: {
            'b.png': fileNamed('b.png'),
            'a.png': fileNamed('a.png'),
            'c.png': fileNamed('c.png'),
            'Thumbs.db': fileNamed('Thumbs.db'),
          },
          '.git': { config: fileNamed('config') },
          __MACOSX: { '._a.png': fileNamed('._a.png') },
          none: {},
          'ant.png': fileNamed('ant.png'),
        },
        '.hidden.png': fileNamed('.hidden.png'),
      });
      const gathering = gatherPictures({ dataTransfer: transfer as DataTransfer });
      endEvent();
      const gathered = await gathering;
      assert.deepEqual(namesOf(gathered), [
        'one.png',
        '.hidden.png',
        'pets/ant.png',
        'pets/cats/a.png',
        'pets/cats/b.png',
        'pets/cats/c.png',
        'pets/dog.png',
      ]);
      assert.equal(await (gathered.pictures[3]?.source as File).text(), 'a.png');
      assert.isEmpty(gathered.refused);
    });

    it('names the folders and files that cannot be read, and goes on', async () => {
      const { transfer } = fakeTransfer({ pets: { 'a.png': 'broken', private: { locked: {} }, 'z.png': fileNamed('z.png') } });
      const gathered = await gatherPictures(transfer);
      assert.deepEqual(namesOf(gathered), ['pets/z.png']);
      assert.deepEqual(refusalsOf(gathered), {
        'pets/a.png': 'The browser could not read this file: gone',
        'pets/private': 'The browser could not read this folder: no access',
      });
    });

    it('does not walk a folder of more than 20,000 files to its end', async () => {
      const many: Record<string, File> = {};
      const file = fileNamed('x');
      for (let index = 0; index < 20_005; index += 1) many[`${index}`.padStart(5, '0')] = file;
      const gathered = await gatherPictures(fakeTransfer({ many }).transfer);
      assert.lengthOf(gathered.pictures, 20_000);
      assert.include(refusalsOf(gathered)['many/20000'], 'after 20000 files');
    });

    it('takes the files of a real DataTransfer and of its FileList', async () => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(fileNamed('a.png'));
      dataTransfer.items.add(fileNamed('b.png'));
      dataTransfer.setData('text/uri-list', 'https://example.test/c.png');
      assert.deepEqual(namesOf(await gatherPictures(new DragEvent('drop', { dataTransfer }))), ['a.png', 'b.png']);
      assert.deepEqual(namesOf(await gatherPictures(dataTransfer.files)), ['a.png', 'b.png']);
      assert.deepEqual(namesOf(await gatherPictures(new DragEvent('drop'))), []);
    });

    it('names the files of a chosen folder by their paths, without the hidden ones', async () => {
      const inFolder = (path: string) =>
        Object.defineProperty(fileNamed(path.split('/').at(-1) ?? ''), 'webkitRelativePath', { value: path });
      const files = ['pets/a.png', 'pets/.DS_Store', 'pets/.cache/b.png', 'pets/old/a.png'].map(inFolder);
      assert.deepEqual(namesOf(await gatherPictures(files)), ['pets/a.png', 'pets/old/a.png']);
    });

    it('takes the pictures of what was dragged from a page, else the links', async () => {
      const served = SERVED;
      const dragged = textTransfer({
        'text/html': `<a href="https://example.test/page"><img src="${served}"></a><img alt="none"><script>document.title='run'</script>`,
        'text/uri-list': 'https://example.test/page',
      });
      assert.deepEqual(namesOf(await gatherPictures(dragged)), ['demo.png']);
      const linked = textTransfer({ 'text/uri-list': `# a comment\r\n${served}\r\n` });
      assert.deepEqual(namesOf(await gatherPictures(linked)), ['demo.png']);
    });
  });

  describe('from the clipboard', () => {
    it('takes pasted pictures', async () => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
      clipboardData.setData('text/html', '<img src="https://example.test/a.png">');
      const gathered = await gatherPictures(new ClipboardEvent('paste', { clipboardData }));
      assert.deepEqual(namesOf(gathered), ['image.png']);
    });

    it('takes text that is nothing but addresses, and no other text', async () => {
      const links = textTransfer({ 'text/plain': `${SERVED}\n\n${SERVED}` });
      assert.deepEqual(namesOf(await gatherPictures(new ClipboardEvent('paste', { clipboardData: links }))), ['demo.png', 'demo.png']);
      const prose = textTransfer({ 'text/plain': `See ${SERVED}` });
      assert.deepEqual(await gatherPictures(prose), { pictures: [], refused: [] });
    });
  });
});
