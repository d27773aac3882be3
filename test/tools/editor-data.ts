/** What editors know of `<gan-canvas>`, made from custom-elements.json: VS Code's HTML data and JetBrains' web-types. */
import type { CustomElementDeclaration } from './manifest-checks.ts';

/** The values that an attribute's type names (`'lazy' | 'eager'`), or that its type's name stands for. */
export type NamedValues = Readonly<Record<string, readonly string[]>>;

function listValues(typeText: string, named: NamedValues): string[] {
  return typeText.split('|').flatMap((part) => {
    const text = part.trim();
    return /^'.*'$/.test(text) ? [text.slice(1, -1)] : (named[text] ?? []);
  });
}

function isBoolean(typeText: string): boolean {
  return typeText.trim() === 'boolean';
}

/** VS Code's custom data for HTML, version 1.1. */
export function describeForVsCode(element: CustomElementDeclaration, named: NamedValues): object {
  return {
    version: 1.1,
    tags: [
      {
        name: element.tagName,
        description: element.description,
        attributes: element.attributes.map(({ name, description, type }) => ({
          name,
          description,
          ...(isBoolean(type.text) ? { valueSet: 'v' } : { values: listValues(type.text, named).map((value) => ({ name: value })) }),
        })),
      },
    ],
  };
}

/** JetBrains' web-types. */
export function describeForJetBrains(
  element: CustomElementDeclaration,
  named: NamedValues,
  { name, version }: { readonly name: string; readonly version: string },
): object {
  const described = (each: { readonly name: string; readonly description: string }): object => ({
    name: each.name,
    description: each.description,
  });
  return {
    $schema: 'https://json.schemastore.org/web-types',
    name,
    version,
    'description-markup': 'markdown',
    contributions: {
      html: {
        elements: [
          {
            name: element.tagName,
            description: element.description,
            attributes: element.attributes.map((attribute) => {
              const values = listValues(attribute.type.text, named);
              const type = isBoolean(attribute.type.text)
                ? 'boolean'
                : values.map((value) => `'${value}'`).join(' | ') || attribute.type.text;
              return { ...described(attribute), value: { type, required: !isBoolean(attribute.type.text) } };
            }),
            slots: element.slots.map(described),
            js: {
              properties: element.members
                .filter(({ kind }) => kind === 'field')
                .map((member) => ({ ...described(member), type: member.type?.text })),
              events: element.events.map((event) => ({ ...described(event), type: event.type.text })),
            },
            css: {
              parts: element.cssParts.map(described),
              properties: element.cssProperties.map(described),
            },
          },
        ],
      },
    },
  };
}
