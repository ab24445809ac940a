import { EXIT, Failure } from '../../../failure.ts';
import type { JsonObject } from '../../../policy/index.ts';
import { exportWords as words } from '../messages.ts';

/** Most of each in one template. Source: CloudFormation User Guide, "Understand CloudFormation quotas". */
const MOST = { parameters: 200, resources: 500, outputs: 200 } as const;

/** Most bytes of a template in a request, and of one that is read from S3. Source: as above. */
export const BYTES = { inRequest: 51_200, inS3: 1_048_576 } as const;

/** @throws Failure that says which of CloudFormation's quotas the template is above */
export function demandWithinLimits(template: {
  Parameters: JsonObject;
  Resources: JsonObject;
  Outputs: JsonObject;
}): void {
  const counts = {
    parameters: Object.keys(template.Parameters).length,
    resources: Object.keys(template.Resources).length,
    outputs: Object.keys(template.Outputs).length,
  };
  for (const what of ['parameters', 'resources', 'outputs'] as const) {
    if (counts[what] > MOST[what]) throw refusal(words.overLimit[what](counts[what], MOST[what]));
  }
}

/** @throws Failure when CloudFormation does not take a template of so many bytes at all */
export function demandSize(bytes: number): void {
  if (bytes > BYTES.inS3) throw refusal(words.overLimit.bytes(bytes, BYTES.inS3));
}

function refusal(message: string): Failure {
  return new Failure(message, { code: 'template-limit', exitCode: EXIT.usage, hint: words.splitHint });
}
