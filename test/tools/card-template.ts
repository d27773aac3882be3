import type { ModelInfo } from '../../src/weights/model-info.ts';
import type { CardSection } from './model-card.ts';

const section = (name: CardSection): string => `<!-- figures ${name} -->\n\n<!-- /figures -->`;

function describeClasses({ architecture }: ModelInfo): string {
  return architecture.classes > 0
    ? `Recall by class, where holes would show: the share of a class' real pictures that have something like them among the generated ones of
that class.`
    : `Recall by kind of picture, where holes would show: the share of the real pictures of each kind that have something like them among the
generated ones that the classifier takes for that kind.`;
}

/**
 * The first card of a model, its sections still empty. Its prose is a start, to be written on by hand: publishing changes only the sections.
 * @param photographers a file of names that ships beside the weights, or null
 */
export function createCard(info: ModelInfo, photographers: string | null): string {
  const { name, resolution, architecture, trainingData, attribution } = info;
  const classes = architecture.classes > 0 ? `, ${String(architecture.classes)} classes` : '';
  const names = photographers === null ? '' : `\n\nThe photographers: [${photographers}](${photographers}).`;
  return `# ${name}

${String(resolution)}×${String(resolution)} pixels${classes}.

${section('files')}

Made by the PyTorch recipe in [training/](training/); the weights are the moving average (EMA) of the generator.

## Data

${trainingData}.

Credit: **${attribution}**${names}

## Quality

Made by \`npm run bench -- quality --model ${name}\`; [how it is measured](../stories/docs/decisions/0006-quality-metrics.md). Beside each figure
stands the floor: what real pictures of the other half reach in the place of the generated ones. The kernel distance decides.

${section('quality')}

${describeClasses(info)}

${section('classes')}

### What the size of the vector does

![Kernel distance, precision and recall by latent-dim](../stories/docs/images/${name}-latent-dim.svg)

One component leaves two pictures${architecture.classes > 0 ? ' a class' : ''} (z is normalised, so that only its sign is left), two leave a circle; every further one adds freedom.
The size does not change the time of a picture: the network is the same. What size costs is in [pomona's card](pomona.md).

${section('latent-dim')}

### Truncation

The smaller psi, the nearer pictures come to the mean one: calmer, and of fewer kinds, so that recall falls and the distance grows.

${section('truncation')}

### F16 and F32

${section('storage')}

## Directions

Effects are changes from size -3 to 3, in standard deviations of the attribute, on seeds that the direction was not fitted on; the side effect is
the largest change of any other attribute.

${section('directions')}
`;
}
