namespace VmPowerManager.Lab.Redfish;

/// <summary>The resources of <see cref="FakeRedfish"/> as JSON.</summary>
internal static class FakeResources
{
    public static Dictionary<string, object> Link(string path) => new() { ["@odata.id"] = path };

    public static Dictionary<string, object> Root(bool sessions, bool accounts)
    {
        var root = new Dictionary<string, object>
        {
            ["@odata.id"] = "/redfish/v1/",
            ["@odata.type"] = "#ServiceRoot.v1_9_0.ServiceRoot",
            ["Id"] = "RootService",
            ["Name"] = "Root Service",
            ["RedfishVersion"] = "1.11.0",
            ["UUID"] = "92384634-2938-2342-8820-489239905423",
            ["Product"] = "Stand-in",
            ["Systems"] = Link("/redfish/v1/Systems"),
            ["Links"] = new { },
        };
        if (sessions)
        {
            root["SessionService"] = Link("/redfish/v1/SessionService");
            root["Links"] = new { Sessions = Link("/redfish/v1/SessionService/Sessions") };
        }
        if (accounts)
            root["AccountService"] = Link("/redfish/v1/AccountService");
        return root;
    }

    public static Dictionary<string, object?> Of(FakeSystem system)
    {
        var path = $"/redfish/v1/Systems/{system.Id}";
        var reset = new Dictionary<string, object> { ["target"] = $"{path}/Actions/ComputerSystem.Reset" };
        if (system.ByActionInfo)
            reset["@Redfish.ActionInfo"] = $"{path}/ResetActionInfo";
        else if (system.Allows is { } allows)
            reset["ResetType@Redfish.AllowableValues"] = allows;
        return new()
        {
            ["@odata.id"] = path,
            ["@odata.type"] = "#ComputerSystem.v1_13_0.ComputerSystem",
            ["Id"] = system.Id,
            ["Name"] = system.Name,
            ["UUID"] = "38947555-7742-3448-3784-823347823834",
            ["SystemType"] = system.SystemType,
            ["Manufacturer"] = "Lab",
            ["Model"] = "Stand-in",
            ["Boot"] = new { BootSourceOverrideEnabled = "Disabled", BootSourceOverrideTarget = "None" },
            ["PowerState"] = system.Power,
            ["PowerRestorePolicy"] = system.RestorePolicy,
            ["Actions"] = new Dictionary<string, object> { ["#ComputerSystem.Reset"] = reset },
        };
    }

    public static Dictionary<string, object> ActionInfo(FakeSystem system) =>
        new()
        {
            ["@odata.id"] = $"/redfish/v1/Systems/{system.Id}/ResetActionInfo",
            ["@odata.type"] = "#ActionInfo.v1_1_2.ActionInfo",
            ["Id"] = "ResetActionInfo",
            ["Name"] = "Reset Action Info",
            ["Parameters"] = new object[]
            {
                new
                {
                    Name = "ResetType",
                    Required = true,
                    DataType = "String",
                    AllowableValues = system.Allows ?? [],
                },
            },
        };

    public static Dictionary<string, object> SessionService { get; } =
        new()
        {
            ["@odata.id"] = "/redfish/v1/SessionService",
            ["@odata.type"] = "#SessionService.v1_1_8.SessionService",
            ["Id"] = "SessionService",
            ["Name"] = "Session Service",
            ["ServiceEnabled"] = true,
            ["Sessions"] = Link("/redfish/v1/SessionService/Sessions"),
        };

    public static Dictionary<string, object> Session(string number, string user) =>
        new()
        {
            ["@odata.id"] = $"/redfish/v1/SessionService/Sessions/{number}",
            ["@odata.type"] = "#Session.v1_3_0.Session",
            ["Id"] = number,
            ["Name"] = "User Session",
            ["UserName"] = user,
        };

    public static Dictionary<string, object> AccountService { get; } =
        new()
        {
            ["@odata.id"] = "/redfish/v1/AccountService",
            ["@odata.type"] = "#AccountService.v1_9_0.AccountService",
            ["Id"] = "AccountService",
            ["Name"] = "Account Service",
            ["Accounts"] = Link("/redfish/v1/AccountService/Accounts"),
        };

    public static Dictionary<string, object> Account(string name, string role) =>
        new()
        {
            ["@odata.id"] = $"/redfish/v1/AccountService/Accounts/{name}",
            ["@odata.type"] = "#ManagerAccount.v1_8_0.ManagerAccount",
            ["Id"] = name,
            ["Name"] = "User Account",
            ["UserName"] = name,
            ["RoleId"] = role,
            ["Links"] = new { Role = Link($"/redfish/v1/AccountService/Roles/{role}") },
        };

    public static Dictionary<string, object> Role(string role) =>
        new()
        {
            ["@odata.id"] = $"/redfish/v1/AccountService/Roles/{role}",
            ["@odata.type"] = "#Role.v1_3_0.Role",
            ["Id"] = role,
            ["Name"] = "User Role",
            ["AssignedPrivileges"] = role switch
            {
                "Administrator" => new[]
                {
                    "Login",
                    "ConfigureManager",
                    "ConfigureUsers",
                    "ConfigureSelf",
                    "ConfigureComponents",
                },
                "Operator" => ["Login", "ConfigureSelf", "ConfigureComponents"],
                _ => ["Login", "ConfigureSelf"],
            },
        };

    public static Dictionary<string, object> Error(string id, string words) =>
        new()
        {
            ["error"] = new Dictionary<string, object>
            {
                ["code"] = $"Base.1.8.{id}",
                ["message"] = "A general error has occurred. See ExtendedInfo for more information.",
                ["@Message.ExtendedInfo"] = new object[]
                {
                    new Dictionary<string, object>
                    {
                        ["@odata.type"] = "#Message.v1_1_1.Message",
                        ["MessageId"] = $"Base.1.8.{id}",
                        ["Message"] = words,
                        ["Severity"] = "Critical",
                        ["Resolution"] = "None.",
                    },
                },
            },
        };
}
