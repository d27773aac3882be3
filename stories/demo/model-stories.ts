/** What the page says of a model, beside what its weights file says. */
export interface ModelStory {
  /** Above the picture's number. */
  readonly title: string;
  readonly story: string;
}

const STORIES: Readonly<Record<string, ModelStory>> = {
  pomona: {
    title: 'Pomona',
    story:
      'No orchard grew this fruit. A small neural network, trained on watercolours of a century ago, is painting it now, inside your browser.',
  },
  cats: {
    title: 'Felis',
    story: 'Nobody ever stroked this cat. A small neural network, brought up on cartoon cats, is dreaming it up now, inside your browser.',
  },
  flowers: {
    title: 'Flora',
    story: 'No garden grew this flower. A small neural network, shown photographs of real ones, is opening it now, inside your browser.',
  },
};

/** The story of a model; plain words for one that has none. */
export function findStory(model: string): ModelStory {
  return (
    STORIES[model] ?? {
      title: model,
      story: 'Nobody painted this picture. A small neural network is drawing it now, inside your browser.',
    }
  );
}
