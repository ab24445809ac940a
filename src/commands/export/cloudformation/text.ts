import { Document, visit } from 'yaml';
import type { JsonObject } from '../../../policy/index.ts';
import { plainJson } from '../../../text.ts';
import { demandSize } from './limits.ts';
import { templateWords as words } from './messages.ts';

export type TemplateFormat = 'yaml' | 'json';

/**
 * The template as CloudFormation reads it, with a line break at its end.
 * @throws Failure when it is longer than CloudFormation takes
 */
export function templateText(template: JsonObject, format: TemplateFormat): string {
  const text = format === 'json' ? `${JSON.stringify(template, undefined, 2)}\n` : yamlText(template);
  demandSize(Buffer.byteLength(text));
  return text;
}

/** CloudFormation reads YAML 1.1, in which more words than in 1.2 have to be quoted to stay texts: `yes`, `2018-12-01`. */
function yamlText(template: JsonObject): string {
  const document = new Document(template, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // Two texts have a meaning of their own in YAML 1.1, and what is not printable is spelt out in quotation marks only.
      if (/^(=|<<)$|[^\n\P{Cc}]|[\u2028\u2029]/u.test(String(node.value))) node.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = words.header.map((line) => ` ${line}`).join('\n');
  return plainJson(document.toString({ lineWidth: 0 }));
}
