namespace VmPowerManager.Protocols.Snmp;

/// <summary>v1 and v2c.</summary>
internal sealed class CommunityChannel(SnmpLink link) : ISnmpChannel
{
    private readonly SnmpVersion _version = link.Endpoint.Version;

    public Task<SnmpPdu> AskAsync(SnmpPdu request, int tries, CancellationToken ct)
    {
        var datagram = new SnmpMessage(_version, link.Endpoint.Community, request).Encode();
        return link.ExchangeAsync(
            () => datagram,
            arrived =>
            {
                var message = SnmpMessage.Decode(arrived);
                var answers =
                    message.Version == _version
                    && message.Pdu.Type is SnmpPduType.Response
                    && message.Pdu.RequestId == request.RequestId;
                return answers ? message.Pdu : null;
            },
            tries,
            ct
        );
    }
}
