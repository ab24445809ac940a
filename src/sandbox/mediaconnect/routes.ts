import type { Route } from '../protocols/rest-json.ts';

/**
 * All operations of MediaConnect: name, HTTP method, status of a successful response, path. Source: the service's API model,
 * version 2018-11-14.
 */
const TABLE = `
  AddBridgeOutputs POST 202 /v1/bridges/{bridgeArn}/outputs
  AddBridgeSources POST 202 /v1/bridges/{bridgeArn}/sources
  AddFlowMediaStreams POST 201 /v1/flows/{flowArn}/mediaStreams
  AddFlowOutputs POST 201 /v1/flows/{flowArn}/outputs
  AddFlowSources POST 201 /v1/flows/{flowArn}/source
  AddFlowVpcInterfaces POST 201 /v1/flows/{flowArn}/vpcInterfaces
  BatchGetRouterInput GET 200 /v1/routerInputs
  BatchGetRouterNetworkInterface GET 200 /v1/routerNetworkInterfaces
  BatchGetRouterOutput GET 200 /v1/routerOutputs
  CreateBridge POST 201 /v1/bridges
  CreateFlow POST 201 /v1/flows
  CreateGateway POST 201 /v1/gateways
  CreateRouterInput POST 201 /v1/routerInput
  CreateRouterNetworkInterface POST 201 /v1/routerNetworkInterface
  CreateRouterOutput POST 201 /v1/routerOutput
  DeleteBridge DELETE 200 /v1/bridges/{bridgeArn}
  DeleteFlow DELETE 202 /v1/flows/{flowArn}
  DeleteGateway DELETE 200 /v1/gateways/{gatewayArn}
  DeleteRouterInput DELETE 200 /v1/routerInput/{arn}
  DeleteRouterNetworkInterface DELETE 200 /v1/routerNetworkInterface/{arn}
  DeleteRouterOutput DELETE 200 /v1/routerOutput/{arn}
  DeregisterGatewayInstance DELETE 202 /v1/gateway-instances/{gatewayInstanceArn}
  DescribeBridge GET 200 /v1/bridges/{bridgeArn}
  DescribeFlow GET 200 /v1/flows/{flowArn}
  DescribeFlowSourceMetadata GET 200 /v1/flows/{flowArn}/source-metadata
  DescribeFlowSourceThumbnail GET 200 /v1/flows/{flowArn}/source-thumbnail
  DescribeGateway GET 200 /v1/gateways/{gatewayArn}
  DescribeGatewayInstance GET 200 /v1/gateway-instances/{gatewayInstanceArn}
  DescribeOffering GET 200 /v1/offerings/{offeringArn}
  DescribeReservation GET 200 /v1/reservations/{reservationArn}
  GetRouterInput GET 200 /v1/routerInput/{arn}
  GetRouterInputSourceMetadata GET 200 /v1/routerInput/{arn}/source-metadata
  GetRouterInputThumbnail GET 200 /v1/routerInput/{arn}/thumbnail
  GetRouterNetworkInterface GET 200 /v1/routerNetworkInterface/{arn}
  GetRouterOutput GET 200 /v1/routerOutput/{arn}
  GrantFlowEntitlements POST 200 /v1/flows/{flowArn}/entitlements
  ListBridges GET 200 /v1/bridges
  ListEntitlements GET 200 /v1/entitlements
  ListFlows GET 200 /v1/flows
  ListGatewayInstances GET 200 /v1/gateway-instances
  ListGateways GET 200 /v1/gateways
  ListOfferings GET 200 /v1/offerings
  ListReservations GET 200 /v1/reservations
  ListRouterInputs POST 200 /v1/routerInputs
  ListRouterNetworkInterfaces POST 200 /v1/routerNetworkInterfaces
  ListRouterOutputs POST 200 /v1/routerOutputs
  ListTagsForGlobalResource GET 200 /tags/global/{resourceArn}
  ListTagsForResource GET 200 /tags/{resourceArn}
  PurchaseOffering POST 201 /v1/offerings/{offeringArn}
  RemoveBridgeOutput DELETE 202 /v1/bridges/{bridgeArn}/outputs/{outputName}
  RemoveBridgeSource DELETE 202 /v1/bridges/{bridgeArn}/sources/{sourceName}
  RemoveFlowMediaStream DELETE 200 /v1/flows/{flowArn}/mediaStreams/{mediaStreamName}
  RemoveFlowOutput DELETE 202 /v1/flows/{flowArn}/outputs/{outputArn}
  RemoveFlowSource DELETE 202 /v1/flows/{flowArn}/source/{sourceArn}
  RemoveFlowVpcInterface DELETE 200 /v1/flows/{flowArn}/vpcInterfaces/{vpcInterfaceName}
  RestartRouterInput POST 202 /v1/routerInput/restart/{arn}
  RestartRouterOutput POST 202 /v1/routerOutput/restart/{arn}
  RevokeFlowEntitlement DELETE 202 /v1/flows/{flowArn}/entitlements/{entitlementArn}
  StartFlow POST 202 /v1/flows/start/{flowArn}
  StartRouterInput POST 202 /v1/routerInput/start/{arn}
  StartRouterOutput POST 202 /v1/routerOutput/start/{arn}
  StopFlow POST 202 /v1/flows/stop/{flowArn}
  StopRouterInput POST 202 /v1/routerInput/stop/{arn}
  StopRouterOutput POST 202 /v1/routerOutput/stop/{arn}
  TagGlobalResource POST 204 /tags/global/{resourceArn}
  TagResource POST 204 /tags/{resourceArn}
  TakeRouterInput PUT 202 /v1/routerOutput/takeRouterInput/{routerOutputArn}
  UntagGlobalResource DELETE 204 /tags/global/{resourceArn}
  UntagResource DELETE 204 /tags/{resourceArn}
  UpdateBridge PUT 202 /v1/bridges/{bridgeArn}
  UpdateBridgeOutput PUT 202 /v1/bridges/{bridgeArn}/outputs/{outputName}
  UpdateBridgeSource PUT 202 /v1/bridges/{bridgeArn}/sources/{sourceName}
  UpdateBridgeState PUT 202 /v1/bridges/{bridgeArn}/state
  UpdateFlow PUT 202 /v1/flows/{flowArn}
  UpdateFlowEntitlement PUT 202 /v1/flows/{flowArn}/entitlements/{entitlementArn}
  UpdateFlowMediaStream PUT 202 /v1/flows/{flowArn}/mediaStreams/{mediaStreamName}
  UpdateFlowOutput PUT 202 /v1/flows/{flowArn}/outputs/{outputArn}
  UpdateFlowSource PUT 202 /v1/flows/{flowArn}/source/{sourceArn}
  UpdateGatewayInstance PUT 200 /v1/gateway-instances/{gatewayInstanceArn}
  UpdateRouterInput PUT 202 /v1/routerInput/{arn}
  UpdateRouterNetworkInterface PUT 202 /v1/routerNetworkInterface/{arn}
  UpdateRouterOutput PUT 202 /v1/routerOutput/{arn}
`;

export const routes: readonly Route[] = TABLE.trim()
  .split('\n')
  .map((line) => {
    const [action = '', method = '', status, path = ''] = line.trim().split(' ');
    return { action, method, status: Number(status), path: path.slice(1).split('/') };
  });
