/** What editors know of our elements, made from custom-elements.json: VS Code's HTML data and JetBrains' web-types. */
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
export function describeForVsCode(elements: readonly CustomElementDeclaration[], named: NamedValues): object {
  return {
    version: 1.1,
    tags: elements.map((element) => ({
      name: element.tagName,
      description: element.description,
      attributes: element.attributes.map(({ name, description, type }) => ({
        name,
        description,
        ...(isBoolean(type.text) ? { valueSet: 'v' } : { values: listValues(type.text, named).map((value) => ({ name: value })) }),
      })),
    })),
  };
}

const describe = ({ name, description }: { readonly name: string; readonly description: string }): object => ({ name, description });

function describeElement(element: CustomElementDeclaration, named: NamedValues): object {
  return {
    name: element.tagName,
    description: element.description,
    attributes: element.attributes.map((attribute) => {
      const values = listValues(attribute.type.text, named);
      const type = isBoolean(attribute.type.text) ? 'boolean' : values.map((value) => `'${value}'`).join(' | ') || attribute.type.text;
      return { ...describe(attribute), value: { type, required: !isBoolean(attribute.type.text) } };
    }),
    slots: element.slots.map(describe),
    js: {
      properties: element.members
        .filter(({ kind }) => kind === 'field')
        .map((member) => ({ ...describe(member), type: member.type?.text })),
      events: element.events.map((event) => ({ ...describe(event), type: event.type.text })),
    },
    css: { parts: element.cssParts.map(describe), properties: element.cssProperties.map(describe) },
  };
}

/** JetBrains' web-types. */
export function describeForJetBrains(
  elements: readonly CustomElementDeclaration[],
  named: NamedValues,
  { name, version }: { readonly name: string; readonly version: string },
): object {
  return {
    $schema: 'https://json.schemastore.org/web-types',
    name,
    version,
    'description-markup': 'markdown',
    contributions: { html: { elements: elements.map((element) => describeElement(element, named)) } },
  };
}
