// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Knows neighbours' hardware addresses without asking: where they are computed.</summary>
public interface ILinkAddressMap
{
    /// <summary>The hardware address of a neighbour.</summary>
    /// <param name="address">The neighbour.</param>
    /// <param name="mac">Its hardware address.</param>
    /// <returns>False if it has to be asked for.</returns>
    bool TryMap(IpAddress address, out MacAddress mac);
}
