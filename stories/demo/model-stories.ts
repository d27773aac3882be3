/** What the page says of a model, beside what its weights file says. */
export interface ModelStory {
  /** Above the picture's number. */
  readonly title: string;
  readonly story: string;
  /** Above the other seeds. */
  readonly siblings: string;
  /** What a class is called. */
  readonly kind: string;
}

const STORIES: Readonly<Record<string, ModelStory>> = {
  pomona: {
    title: 'Pomona',
    story:
      'No orchard grew this fruit. A small neural network, trained on watercolours of a century ago, is painting it now, inside your browser.',
    siblings: 'From the same basket',
    kind: 'Fruit',
  },
  cats: {
    title: 'Felis',
    story: 'Nobody ever stroked this cat. A small neural network, brought up on cartoon cats, is dreaming it up now, inside your browser.',
    siblings: 'From the same litter',
    kind: 'Kind',
  },
  flowers: {
    title: 'Flora',
    story: 'No garden grew this flower. A small neural network, shown photographs of real ones, is opening it now, inside your browser.',
    siblings: 'From the same bed',
    kind: 'Flower',
  },
};

/** The story of a model; plain words for one that has none. */
export function findStory(model: string): ModelStory {
  return (
    STORIES[model] ?? {
      title: model,
      story: 'Nobody painted this picture. A small neural network is drawing it now, inside your browser.',
      siblings: 'By the same hand',
      kind: 'Kind',
    }
  );
}
