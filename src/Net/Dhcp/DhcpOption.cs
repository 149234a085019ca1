// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Options of DHCP (RFC 2132).</summary>
public enum DhcpOption : byte
{
    /// <summary>Nothing; has no length.</summary>
    Pad = 0,

    /// <summary>The subnet mask.</summary>
    SubnetMask = 1,

    /// <summary>Routers, the preferred one first.</summary>
    Router = 3,

    /// <summary>Name servers, the preferred one first.</summary>
    DomainNameServer = 6,

    /// <summary>The client's name.</summary>
    HostName = 12,

    /// <summary>The domain to look for names in.</summary>
    DomainName = 15,

    /// <summary>The MTU of the link.</summary>
    InterfaceMtu = 26,

    /// <summary>The address that the client wants.</summary>
    RequestedAddress = 50,

    /// <summary>Seconds that the address may be used.</summary>
    LeaseTime = 51,

    /// <summary>Options go on in the fields of the boot file and server name.</summary>
    Overload = 52,

    /// <summary>What kind of message it is.</summary>
    MessageType = 53,

    /// <summary>The server that is meant.</summary>
    ServerIdentifier = 54,

    /// <summary>Options that the client wants to know.</summary>
    ParameterList = 55,

    /// <summary>The largest message that the client takes.</summary>
    LargestMessage = 57,

    /// <summary>Seconds until the server is to be asked again (T1).</summary>
    RenewalTime = 58,

    /// <summary>Seconds until any server is to be asked (T2).</summary>
    RebindingTime = 59,

    /// <summary>Who the client is.</summary>
    ClientIdentifier = 61,

    /// <summary>The end; has no length.</summary>
    End = 255,
}
