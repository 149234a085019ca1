// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>An address and a port of a transport protocol.</summary>
/// <param name="address">The address.</param>
/// <param name="port">The port.</param>
public readonly struct IpEndpoint(IpAddress address, ushort port) : IEquatable<IpEndpoint>
{
    /// <summary>The address.</summary>
    public IpAddress Address { get; } = address;

    /// <summary>The port.</summary>
    public ushort Port { get; } = port;

    /// <summary>Compares.</summary>
    public static bool operator ==(IpEndpoint left, IpEndpoint right) => left.Equals(right);

    /// <summary>Compares.</summary>
    public static bool operator !=(IpEndpoint left, IpEndpoint right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(IpEndpoint other) => Port == other.Port && Address == other.Address;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpEndpoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode() ^ (Port << 16);
}
