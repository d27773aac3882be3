/** What custom-elements.json has to say, and what is wrong with one that does not. */

interface Described {
  readonly name: string;
  readonly description: string;
}

interface Member extends Described {
  readonly kind: 'field' | 'method';
  readonly privacy?: 'public' | 'protected' | 'private';
  readonly type?: { readonly text: string };
  readonly attribute?: string;
}

/** The parts of the manifest's schema that are used here. */
export interface CustomElementDeclaration extends Described {
  readonly tagName: string;
  readonly members: readonly Member[];
  readonly attributes: readonly (Described & { readonly type: { readonly text: string }; readonly fieldName?: string })[];
  readonly slots: readonly Described[];
  readonly cssParts: readonly Described[];
  readonly cssProperties: readonly Described[];
  readonly cssStates: readonly Described[];
  readonly events: readonly (Described & { readonly type: { readonly text: string } })[];
}

interface ClassDeclaration extends Partial<CustomElementDeclaration> {
  readonly kind: string;
  readonly name: string;
}

export interface Manifest {
  readonly modules: readonly {
    readonly path: string;
    declarations?: ClassDeclaration[];
    readonly exports?: readonly { readonly kind: string; readonly name: string }[];
  }[];
}

/** The element of that tag. */
export function findElement(manifest: Manifest, tagName: string): CustomElementDeclaration {
  const found = manifest.modules.flatMap(({ declarations }) => declarations ?? []).find((each) => each.tagName === tagName);
  if (!found) throw new Error(`The manifest has no <${tagName}>.`);
  const none = { members: [], attributes: [], slots: [], cssParts: [], cssProperties: [], cssStates: [], events: [] };
  return { ...none, ...found } as unknown as CustomElementDeclaration;
}

/** Takes what is private out of the manifest; nobody who reads it can use it. */
export function removePrivateMembers(manifest: Manifest): Manifest {
  const isPublic = ({ name, privacy }: Member): boolean => !name.startsWith('#') && privacy !== 'private' && privacy !== 'protected';
  return {
    ...manifest,
    modules: manifest.modules.map((module) => ({
      ...module,
      declarations: (module.declarations ?? []).map((each) => (each.members ? { ...each, members: each.members.filter(isPublic) } : each)),
    })),
  };
}

/** What the element shows to the outside without a word on it, and attributes of its properties that it does not list. */
export function findUndocumented(element: CustomElementDeclaration): string[] {
  const groups = {
    member: element.members,
    attribute: element.attributes,
    slot: element.slots,
    event: element.events,
    'CSS part': element.cssParts,
    'CSS property': element.cssProperties,
    'CSS state': element.cssStates,
  } as const;
  const listed = new Set(element.attributes.map(({ name }) => name));
  return [
    ...Object.entries(groups).flatMap(([kind, items]) =>
      items.filter(({ description }) => !description?.trim()).map(({ name }) => `${kind} ${name} has no description`),
    ),
    ...element.members.flatMap(({ name, attribute }) =>
      attribute !== undefined && !listed.has(attribute) ? [`attribute ${attribute} of ${name} is not listed`] : [],
    ),
  ];
}
