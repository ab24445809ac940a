import {
  AddFlowOutputsCommand,
  AddFlowSourcesCommand,
  CreateFlowCommand,
  type CreateFlowCommandInput,
  DeleteFlowCommand,
  DescribeFlowCommand,
  DescribeGatewayCommand,
  GrantFlowEntitlementsCommand,
  ListFlowsCommand,
  ListTagsForResourceCommand,
  paginateListFlows,
  RemoveFlowOutputCommand,
  RevokeFlowEntitlementCommand,
  StartFlowCommand,
  StopFlowCommand,
  UpdateFlowEntitlementCommand,
  UpdateFlowOutputCommand,
  UpdateFlowSourceCommand,
} from '@aws-sdk/client-mediaconnect';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshSandbox } from '../../support/sandbox.ts';
import { clientsFor, failureOf } from '../clients.ts';
import { send, sendSigned } from '../wire.ts';
import { ROLE_ARN, SECRET_ARN, STATIC_KEY, ZIXI_OUTPUT, ZIXI_SOURCE } from './set-up.ts';

const OWN_ARN = (kind: string, name: string) =>
  expect.stringMatching(
    `^arn:aws:mediaconnect:us-west-2:111122223333:${kind}:1-[A-Za-z0-9]{16}-[0-9a-f]{12}:${name}$`,
  );

const sandbox = freshSandbox();
let client: ReturnType<typeof clientsFor>['mediaConnect'];
beforeEach(() => {
  client = clientsFor(sandbox()).mediaConnect;
});

const create = async (input: Partial<CreateFlowCommandInput> = {}) => {
  const { Flow } = await client.send(new CreateFlowCommand({ Name: 'game', Source: ZIXI_SOURCE, ...input }));
  return { ...Flow, FlowArn: Flow?.FlowArn ?? '' };
};
const describeFlow = async (FlowArn: string) =>
  (await client.send(new DescribeFlowCommand({ FlowArn }))).Flow;

describe('a flow', () => {
  it('keeps its maintenance window, network, source priority, tags and other settings', async () => {
    const SourceFailoverConfig = {
      FailoverMode: 'FAILOVER' as const,
      SourcePriority: { PrimarySource: 'camera' },
      State: 'ENABLED' as const,
    };
    const Maintenance = { MaintenanceDay: 'Monday' as const, MaintenanceStartHour: '02:00' };
    const network = { Name: 'vpc', RoleArn: ROLE_ARN, SecurityGroupIds: ['sg-1'], SubnetId: 'subnet-1' };
    const command = new CreateFlowCommand({
      Name: 'game',
      Sources: [ZIXI_SOURCE, { ...ZIXI_SOURCE, Name: 'backup' }],
      SourceFailoverConfig,
      Maintenance,
      VpcInterfaces: [network],
    });
    const FlowArn = (await client.send(command)).Flow?.FlowArn ?? '';
    expect(await describeFlow(FlowArn)).toMatchObject({
      SourceFailoverConfig,
      Maintenance,
      VpcInterfaces: [
        {
          ...network,
          NetworkInterfaceType: 'ena',
          NetworkInterfaceIds: [expect.stringMatching(/^eni-\w{17}$/)],
        },
      ],
    });

    // This version of the SDK does not support tags of a new flow.
    const source = { name: 'camera', protocol: 'zixi-push', whitelistCidr: '192.0.2.0/24' };
    const others = {
      flowSize: 'LARGE',
      mediaStreams: [{ mediaStreamId: 1, mediaStreamName: 'v', mediaStreamType: 'video' }],
      sourceMonitoringConfig: { thumbnailState: 'ENABLED' },
    };
    const body = JSON.stringify({ name: 'tagged', source, flowTags: { team: 'video' }, ...others });
    const answer = await sendSigned(sandbox(), { service: 'mediaconnect', body, path: '/v1/flows' });
    expect(JSON.parse(answer.text).flow).toMatchObject(others);
    const resourceArn = JSON.parse(answer.text).flow.flowArn;
    const listed = await client.send(new ListTagsForResourceCommand({ ResourceArn: resourceArn }));
    expect(listed.Tags).toEqual({ team: 'video' });
    const none = await client.send(new ListTagsForResourceCommand({ ResourceArn: FlowArn }));
    expect(none.Tags).toEqual({});
  });

  it('accepts an output to a router, which has no protocol', async () => {
    const body = JSON.stringify({
      name: 'routed',
      source: { name: 'camera', protocol: 'rtp' },
      outputs: [{ name: 'router', routerIntegrationState: 'ENABLED' }],
    });
    const answer = await sendSigned(sandbox(), { service: 'mediaconnect', body, path: '/v1/flows' });
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text).flow.outputs).toMatchObject([{ name: 'router' }]);
  });

  it('is created with its source, outputs and entitlements, and shown again', async () => {
    const made = await create({
      Source: { ...ZIXI_SOURCE, Decryption: STATIC_KEY },
      Outputs: [{ ...ZIXI_OUTPUT, Encryption: STATIC_KEY }],
      Entitlements: [{ Name: 'partner', Subscribers: ['444455556666'], Encryption: STATIC_KEY }],
    });
    expect(made).toMatchObject({
      FlowArn: OWN_ARN('flow', 'game'),
      Name: 'game',
      Status: 'STANDBY',
      AvailabilityZone: 'us-west-2a',
      Source: {
        SourceArn: OWN_ARN('source', 'camera'),
        WhitelistCidr: '192.0.2.0/24',
        Decryption: STATIC_KEY,
        Transport: { Protocol: 'zixi-push' },
      },
      Outputs: [
        {
          OutputArn: OWN_ARN('output', 'studio'),
          Destination: '198.51.100.7',
          Port: 2088,
          OutputStatus: 'ENABLED',
          Encryption: STATIC_KEY,
          Transport: { Protocol: 'zixi-push', StreamId: 'game' },
        },
      ],
      Entitlements: [
        {
          EntitlementArn: OWN_ARN('entitlement', 'partner'),
          EntitlementStatus: 'ENABLED',
          Subscribers: ['444455556666'],
          Encryption: STATIC_KEY,
        },
      ],
    });
    expect(await describeFlow(made.FlowArn)).toEqual(made);
    const elsewhere = clientsFor(sandbox(), { region: 'eu-west-1' }).mediaConnect;
    const search = elsewhere.send(new DescribeFlowCommand({ FlowArn: made.FlowArn }));
    expect(await failureOf(search)).toMatchObject({ name: 'NotFoundException', status: 404 });
  });

  it('can add, update and remove outputs and entitlements, and update its source', async () => {
    const { FlowArn, Source } = await create();
    const { Outputs } = await client.send(new AddFlowOutputsCommand({ FlowArn, Outputs: [ZIXI_OUTPUT] }));
    const { Entitlements } = await client.send(
      new GrantFlowEntitlementsCommand({ FlowArn, Entitlements: [{ Subscribers: ['444455556666'] }] }),
    );
    const OutputArn = Outputs?.[0]?.OutputArn;
    const EntitlementArn = Entitlements?.[0]?.EntitlementArn;
    const SourceArn = Source?.SourceArn;
    const changes = [
      await client.send(new UpdateFlowSourceCommand({ FlowArn, SourceArn, Description: 'new' })),
      await client.send(new UpdateFlowOutputCommand({ FlowArn, OutputArn, OutputStatus: 'DISABLED' })),
      await client.send(
        new UpdateFlowEntitlementCommand({
          FlowArn,
          EntitlementArn,
          Encryption: { Algorithm: 'aes128', RoleArn: ROLE_ARN, SecretArn: SECRET_ARN },
        }),
      ),
    ];
    expect(changes).toMatchObject([
      { FlowArn, Source: { SourceArn, Description: 'new', Transport: { Protocol: 'zixi-push' } } },
      { FlowArn, Output: { OutputArn, OutputStatus: 'DISABLED', Port: 2088 } },
      { FlowArn, Entitlement: { EntitlementArn, Encryption: STATIC_KEY, Subscribers: ['444455556666'] } },
    ]);
    await client.send(new RemoveFlowOutputCommand({ FlowArn, OutputArn }));
    await client.send(new RevokeFlowEntitlementCommand({ FlowArn, EntitlementArn }));
    expect(await describeFlow(FlowArn)).toMatchObject({ Outputs: [], Entitlements: [] });
    const again = client.send(new RemoveFlowOutputCommand({ FlowArn, OutputArn }));
    expect(await failureOf(again)).toMatchObject({ name: 'NotFoundException', status: 404 });
  });

  it('starts, stops, and can be deleted in standby only', async () => {
    const { FlowArn } = await create();
    expect((await failureOf(client.send(new StopFlowCommand({ FlowArn })))).name).toBe('BadRequestException');
    expect((await client.send(new StartFlowCommand({ FlowArn }))).Status).toBe('STARTING');
    expect((await describeFlow(FlowArn))?.Status).toBe('ACTIVE');
    expect(await failureOf(client.send(new DeleteFlowCommand({ FlowArn })))).toMatchObject({
      name: 'BadRequestException',
      status: 400,
    });
    expect((await client.send(new StopFlowCommand({ FlowArn }))).Status).toBe('STOPPING');
    expect((await client.send(new DeleteFlowCommand({ FlowArn }))).Status).toBe('DELETING');
    expect((await failureOf(describeFlow(FlowArn))).name).toBe('NotFoundException');
  });

  it('accepts a second source with failover only', async () => {
    const { FlowArn } = await create();
    const second = { ...ZIXI_SOURCE, Name: 'spare' };
    const added = client.send(new AddFlowSourcesCommand({ FlowArn, Sources: [second] }));
    expect((await failureOf(added)).name).toBe('BadRequestException');
    const two = await create({ SourceFailoverConfig: { State: 'ENABLED' } });
    const { Sources } = await client.send(
      new AddFlowSourcesCommand({ FlowArn: two.FlowArn, Sources: [second] }),
    );
    expect(Sources).toMatchObject([{ Name: 'spare' }]);
    expect((await describeFlow(two.FlowArn))?.Sources).toHaveLength(2);
  });

  it.each<[string, Partial<CreateFlowCommandInput>]>([
    ['with both Source and Sources', { Sources: [ZIXI_SOURCE] }],
    ['with a source without a protocol', { Source: { Name: 'camera' } }],
    ['with an unknown protocol', { Source: { Protocol: 'carrier-pigeon' as never } }],
    ['with two outputs of the same name', { Outputs: [ZIXI_OUTPUT, ZIXI_OUTPUT] }],
    ['with an entitlement without subscribers', { Entitlements: [{ Subscribers: [] }] }],
  ])('is rejected %s', async (_what, input) => {
    expect(await failureOf(create(input))).toMatchObject({ name: 'BadRequestException', status: 400 });
    expect((await client.send(new ListFlowsCommand({}))).Flows).toEqual([]);
  });

  it('is rejected without a source', async () => {
    const sourceless = client.send(new CreateFlowCommand({ Name: 'game' }));
    expect((await failureOf(sourceless)).name).toBe('BadRequestException');
  });

  it('is rejected beyond the quota of the account', async () => {
    for (let number = 0; number < 20; number += 1) {
      sandbox().addFlow({ region: 'us-west-2', name: `f${number}` });
    }
    expect(await failureOf(create())).toMatchObject({ name: 'CreateFlow420Exception', status: 420 });
  });
});

describe('the flows of an account', () => {
  it('are listed per Region, in pages', async () => {
    const names = Array.from({ length: 5 }, (_, number) => `f${number}`);
    for (const name of names) {
      sandbox().addFlow({ region: 'us-west-2', name, source: { Name: 's', Transport: { Protocol: 'rtp' } } });
    }
    sandbox().addFlow({ region: 'eu-west-1', name: 'far' });
    const pages: string[][] = [];
    for await (const page of paginateListFlows({ client, pageSize: 2 }, {})) {
      pages.push((page.Flows ?? []).map(({ Name = '' }) => Name));
    }
    expect(pages).toEqual([names.slice(0, 2), names.slice(2, 4), names.slice(4)]);
    for (let number = 5; number < 12; number += 1) {
      sandbox().addFlow({ region: 'us-west-2', name: `f${number}` });
    }
    expect((await client.send(new ListFlowsCommand({}))).Flows).toHaveLength(10);
    const bad = [new ListFlowsCommand({ MaxResults: 1001 }), new ListFlowsCommand({ NextToken: 'x' })];
    for (const command of bad) {
      expect((await failureOf(client.send(command))).name).toBe('BadRequestException');
    }
  });

  it('can include flows from a test with settings that the API rejects today', async () => {
    const encryption = { ...STATIC_KEY, RoleArn: 'arn:aws:iam::111122223333:role/path/Old' };
    const OutputArn = 'arn:aws:mediaconnect:us-west-2:111122223333:output:1-a:studio';
    const FlowArn = sandbox().addFlow({
      region: 'us-west-2',
      name: 'old',
      source: { Name: 'camera', Decryption: encryption, Transport: { Protocol: 'rtp' } },
      outputs: [{ Name: 'studio', OutputArn, Encryption: encryption, Transport: { Protocol: 'srt-caller' } }],
    });
    expect(FlowArn).toEqual(OWN_ARN('flow', 'old'));
    expect(await describeFlow(FlowArn)).toMatchObject({
      Status: 'STANDBY',
      Source: { Name: 'camera', Decryption: encryption, Transport: { Protocol: 'rtp' } },
      Outputs: [{ OutputArn, Encryption: encryption, Transport: { Protocol: 'srt-caller' } }],
    });
    await client.send(new RemoveFlowOutputCommand({ FlowArn, OutputArn }));
    expect((await describeFlow(FlowArn))?.Outputs).toEqual([]);
  });
});

describe('a request to MediaConnect', () => {
  it('gets faults and is recorded like a request to any other service', async () => {
    sandbox().addFault({ action: 'mediaconnect:CreateFlow', kind: 'throttle' });
    expect(await failureOf(create())).toMatchObject({ name: 'TooManyRequestsException', status: 429 });
    sandbox().addFault({ action: 'CreateFlow', kind: 'internal-error' });
    expect(await failureOf(create())).toMatchObject({ name: 'InternalServerErrorException', status: 500 });
    sandbox().addFault({ action: 'CreateFlow', kind: 'access-denied' });
    expect(await failureOf(create())).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    const { FlowArn } = await create();
    await client.send(new DescribeFlowCommand({ FlowArn }));
    expect(sandbox().requests.slice(-2)).toMatchObject([
      { service: 'mediaconnect', action: 'CreateFlow', status: 201, params: { name: 'game' } },
      { service: 'mediaconnect', action: 'DescribeFlow', status: 200, params: { flowArn: FlowArn } },
    ]);
  });

  it('reports an operation that the sandbox does not implement', async () => {
    const arn = 'arn:aws:mediaconnect:us-west-2:111122223333:gateway:1-a:b';
    const ask = client.send(new DescribeGatewayCommand({ GatewayArn: arn }));
    expect(await failureOf(ask)).toMatchObject({
      name: 'NotImplemented',
      message: 'mediaconnect:DescribeGateway is not implemented in the sandbox.',
    });
  });

  it('is rejected in the format of the service without a signature or with an unknown path', async () => {
    const host = new URL(sandbox().url).host;
    expect(await send(sandbox(), { host }, '', 'GET', '/v1/flows')).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
      text: '{"message":"Missing Authentication Token"}',
    });
    const lost = { service: 'mediaconnect', body: '', method: 'PUT', path: '/v1/nowhere' };
    expect(await sendSigned(sandbox(), lost)).toMatchObject({
      status: 404,
      headers: { 'x-amzn-errortype': 'UnknownOperationException' },
    });
  });

  it('is rejected in the format of the service with a wrong secret access key', async () => {
    const credentials = { ...sandbox().credentials, secretAccessKey: 'x'.repeat(40) };
    const stranger = clientsFor(sandbox(), { credentials }).mediaConnect;
    expect(await failureOf(stranger.send(new ListFlowsCommand({})))).toMatchObject({
      name: 'InvalidSignatureException',
      status: 403,
    });
  });
});
