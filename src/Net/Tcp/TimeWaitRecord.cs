// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What is kept of a connection in TIME-WAIT.</summary>
internal struct TimeWaitRecord
{
    /// <summary>Our end.</summary>
    public IpEndpoint Local;

    /// <summary>The peer's end.</summary>
    public IpEndpoint Remote;

    /// <summary>When it is over.</summary>
    public ulong ExpiresNs;

    /// <summary>When an acknowledgment that could not be was answered last.</summary>
    public ulong AnsweredNs;

    /// <summary>SND.NXT.</summary>
    public uint SendNext;

    /// <summary>RCV.NXT.</summary>
    public uint ReceiveNext;

    /// <summary>TS.Recent.</summary>
    public uint TimestampRecent;

    /// <summary>Offset of our timestamp clock.</summary>
    public uint TimestampOffset;

    /// <summary>Hash of the endpoints.</summary>
    public uint Hash;

    /// <summary>Index of the next record of the bucket, or of the next unused one; -1 if none.</summary>
    public int HashNext;

    /// <summary>Index of the record that expires next after this one; -1 if none.</summary>
    public int Later;

    /// <summary>Index of the record that expires before this one; -1 if none.</summary>
    public int Earlier;

    /// <summary>The window field.</summary>
    public ushort Window;

    /// <summary>Timestamps are in use.</summary>
    public bool HasTimestamps;

    /// <summary>Traffic class.</summary>
    public byte TrafficClass;
}
