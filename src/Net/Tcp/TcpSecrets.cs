// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>Keyed hashes of a connection's endpoints, one key per purpose, so that no use gives another away.</summary>
internal sealed class TcpSecrets
{
    private const int KeyBytes = 16;

    private const int Purposes = 5;

    private readonly byte[] _keys = new byte[KeyBytes * Purposes];

    public TcpSecrets(RandomSource random) => Renew(random);

    /// <summary>Draws new keys. Nothing may be in a table that was hashed with the old ones.</summary>
    public void Renew(RandomSource random) => random.Fill(_keys);

    /// <summary>Buckets of hash tables.</summary>
    public ulong Bucket(in IpEndpoint local, in IpEndpoint remote) => Of(0, local, remote, 0);

    /// <summary>F of RFC 6528 section 3: the part of an initial sequence number that is not the clock.</summary>
    public uint SequenceOffset(in IpEndpoint local, in IpEndpoint remote) => (uint)Of(1, local, remote, 0);

    /// <summary>Offset of a connection's timestamp clock (RFC 7323 section 5.4).</summary>
    public uint TimestampOffset(in IpEndpoint local, in IpEndpoint remote) => (uint)Of(2, local, remote, 0);

    /// <summary>F of RFC 6056 section 3.3.3: where the search for a port starts.</summary>
    public uint PortOffset(IpAddress local, in IpEndpoint remote) => (uint)Of(3, new IpEndpoint(local, 0), remote, 0);

    /// <summary>The tag of a SYN cookie.</summary>
    public uint Cookie(in IpEndpoint local, in IpEndpoint remote, ulong what) => (uint)Of(4, local, remote, what);

    private ulong Of(int purpose, in IpEndpoint local, in IpEndpoint remote, ulong what)
    {
        SipHash hash = new(_keys.AsSpan(purpose * KeyBytes, KeyBytes));
        if ((local.Address.High | remote.Address.High) != 0)
        {
            hash.Add(local.Address.High);
            hash.Add(remote.Address.High);
        }

        hash.Add(local.Address.Low);
        hash.Add(remote.Address.Low);
        hash.Add(((ulong)local.Port << 16) | remote.Port);
        if (what != 0)
        {
            hash.Add(what);
        }

        return hash.Finish();
    }
}
