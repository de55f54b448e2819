// A story of a campaign, told by the Node SDK: what its client class has methods for by these, and
// what this release has none for by the same client's callApi, as the methods themselves do.
//
// Arguments: host:port, access key id, secret, start, end.  Prints one JSON document.
import { createRequire } from "node:module";

const require = createRequire(process.env.SDK_FOLDER + "/");
const { default: Client, ListChatappTemplateRequest, ListChatappTemplateRequestPage } = require(
  "@alicloud/cams20200606",
);
const { Config, Params, OpenApiRequest } = require("@alicloud/openapi-client");
const { RuntimeOptions } = require("@alicloud/tea-util");

const [endpoint, accessKeyId, accessKeySecret, start, end] = process.argv.slice(2);
const client = new Client(new Config({ accessKeyId, accessKeySecret, endpoint, protocol: "HTTP" }));

async function call(action, values, where = "query") {
  const params = new Params({
    action,
    version: "2020-06-06",
    protocol: "HTTP",
    pathname: "/",
    method: "POST",
    authType: "AK",
    style: "RPC",
    reqBodyType: where === "body" ? "formData" : "json",
    bodyType: "json",
  });
  const texts = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
  const request = new OpenApiRequest({ [where]: texts });
  const answer = await client.callApi(params, request, new RuntimeOptions({}));
  return answer.body;
}

const story = {};
const group = await call("AddGroup", {
  GroupName: "VIP",
  ContactName: "Li Hua 李华",
  ContactDetails: "13012345678",
  Country: "China",
});
story.contact = await call(
  "AddContacts",
  { Groups: [{ id: Number(group.Data) }], NeedUpdate: true, ContactDetails: "+8613012345678", ContactName: "Li" },
  "body",
);
story.groups = await call("ListAllGroups", {});
const flow = await call("CreateChatFlowByImport", { FlowViewModel: process.env.FLOW_FILE });
const FlowCode = flow.Data.FlowCode;
story.online = await call("OnlineFlowVersion", { FlowCode, FlowVersion: "1" });
story.flows = await call("ListChatFlow", { PageNo: 1, PageSize: 10 });
const made = await call("AddMarketingFlow", {
  ActivityName: "Spring sale 春",
  ActivityDesc: "d* ~ x & more",
  RelatedFlowCode: FlowCode,
  RelatedGroupId: Number(group.Data),
  StartDate: start,
  EndDate: end,
  ExecutionType: "1",
  CronExpression: "0 59 9 */1 * ?",
  ParamFlag: "Y",
  Params: { coupon: "A&B=1" },
});
story.listed = await call("ListMarketingFlow", { ActivityCode: made.Data, PageIndex: "1", PageSize: "10" });
story.paused = await call("PauseMarketingFLow", { ActivityCode: made.Data });
story.changed = await call("UpdateMarketingFLow", {
  ActivityCode: made.Data,
  ActivityName: "Summer sale",
  ExecutionType: "1",
});
story.deleted = await call("DeleteMarketingFlow", { ActivityCode: made.Data });
story.templates = (
  await client.listChatappTemplate(
    new ListChatappTemplateRequest({ page: new ListChatappTemplateRequestPage({ index: 1, size: 10 }) }),
  )
).body;
try {
  await call("NoSuchOperation", {});
} catch (error) {
  story.unknown = error.code;
}
process.stdout.write(JSON.stringify(story));
