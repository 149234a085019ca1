// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>Gets an IPv4 address from a server and keeps it (RFC 2131 section 4.4).</summary>
/// <remarks>
/// The first offer is taken. The random delay before the first message (section 4.4.1) is left out: it is for machines
/// that get power back together, and makes every start slow.
/// </remarks>
/// <param name="owner">Who sends.</param>
/// <param name="random">For transaction numbers and jitter.</param>
/// <param name="mac">The client's hardware address.</param>
public sealed class DhcpClient(IDhcpOwner owner, RandomSource random, MacAddress mac)
{
    /// <summary>Port of clients.</summary>
    public const ushort ClientPort = 68;

    /// <summary>Port of servers.</summary>
    public const ushort ServerPort = 67;

    /// <summary>Time to the first repetition; doubles (RFC 2131 section 4.1).</summary>
    public const ulong FirstTimeoutNs = 4 * SecondNs;

    /// <summary>Longest time between repetitions (RFC 2131 section 4.1).</summary>
    public const ulong LongestTimeoutNs = 64 * SecondNs;

    /// <summary>Jitter of these times, to either side (RFC 2131 section 4.1).</summary>
    public const ulong JitterNs = SecondNs;

    /// <summary>Requests for an offer before the client begins again: about a minute.</summary>
    public const int MaximumRequests = 4;

    /// <summary>Least time between requests to keep an address (RFC 2131 section 4.4.5).</summary>
    public const ulong RenewalRetryNs = 60 * SecondNs;

    /// <summary>Time before the client begins again (RFC 2131 section 3.1, 5).</summary>
    public const ulong RestartNs = 10 * SecondNs;

    /// <summary>Shortest lease that is taken: a shorter one only makes work.</summary>
    public const uint ShortestLeaseSeconds = 10;

    private const ulong SecondNs = 1_000_000_000;

    private readonly byte[] _hostName = new byte[DhcpRequest.LongestHostNameBytes];
    private readonly byte[] _domain = new byte[byte.MaxValue];
    private int _hostNameBytes;
    private int _domainBytes;
    private DhcpLease _lease;
    private uint _transactionId;
    private ushort _seconds;
    private int _tries;
    private ulong _startNs;
    private ulong _sentNs;
    private ulong _leaseStartNs;

    /// <summary>Where the client stands.</summary>
    public DhcpState State { get; private set; }

    /// <summary>There is an address that may be used.</summary>
    public bool HasLease => State is DhcpState.Bound or DhcpState.Renewing or DhcpState.Rebinding;

    /// <summary>The lease, if <see cref="HasLease"/>.</summary>
    public DhcpLease Lease => _lease;

    /// <summary>When <see cref="Poll"/> has something to do; <see cref="ulong.MaxValue"/> for never.</summary>
    public ulong NextDeadlineNs { get; private set; } = ulong.MaxValue;

    /// <summary>Sets the name that servers are told.</summary>
    /// <param name="name">At most 63 bytes; what is longer is cut.</param>
    public void SetHostName(ReadOnlySpan<byte> name)
    {
        _hostNameBytes = Math.Min(name.Length, _hostName.Length);
        name[.._hostNameBytes].CopyTo(_hostName);
    }

    /// <summary>Begins to look for a server.</summary>
    /// <param name="nowNs">The time.</param>
    public void Start(ulong nowNs)
    {
        if (State == DhcpState.Stopped)
        {
            Discover(nowNs);
        }
    }

    /// <summary>Gives the address back, if there is one, and stops. The owner is not told that it is lost.</summary>
    public void Stop()
    {
        if (HasLease)
        {
            // Section 4.4.6: sent once; the server's address is the lease's.
            _transactionId = NextRandom();
            Send(DhcpMessageType.Release, 0);
        }

        State = DhcpState.Stopped;
        NextDeadlineNs = ulong.MaxValue;
    }

    /// <summary>Takes a datagram that arrived at port 68.</summary>
    /// <param name="bytes">Its payload.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleDatagram(ReadOnlySpan<byte> bytes, ulong nowNs)
    {
        if (!DhcpMessage.TryParse(bytes, out DhcpMessage message)
            || message.TransactionId != _transactionId
            || message.Client != mac)
        {
            return;
        }

        switch (message.Type)
        {
            case DhcpMessageType.Offer when State == DhcpState.Selecting:
                HandleOffer(message, nowNs);
                break;

            case DhcpMessageType.Acknowledge when State == DhcpState.Requesting:
                HandleAgreement(message, bytes);
                break;

            case DhcpMessageType.Acknowledge when State is DhcpState.Renewing or DhcpState.Rebinding:
                HandleRenewal(message, bytes);
                break;

            case DhcpMessageType.Refuse when State is DhcpState.Requesting or DhcpState.Renewing or DhcpState.Rebinding:
                HandleRefusal(message, nowNs);
                break;

            default:
                break;
        }
    }

    /// <summary>Tells what <see cref="IDhcpOwner.ProbeAddress"/> found.</summary>
    /// <param name="isFree">Nobody else uses the address.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleProbe(bool isFree, ulong nowNs)
    {
        if (State != DhcpState.Probing)
        {
            return;
        }

        if (isFree)
        {
            Bind();
            return;
        }

        _transactionId = NextRandom();
        Send(DhcpMessageType.Decline, nowNs);
        Wait(nowNs);
    }

    /// <summary>Does what is due.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When it has something to do next; <see cref="ulong.MaxValue"/> for never.</returns>
    public ulong Poll(ulong nowNs)
    {
        if (nowNs < NextDeadlineNs)
        {
            return NextDeadlineNs;
        }

        switch (State)
        {
            case DhcpState.Selecting:
                Send(DhcpMessageType.Discover, nowNs);
                SetRetry(nowNs);
                break;

            case DhcpState.Requesting when _tries < MaximumRequests:
                Send(DhcpMessageType.Request, nowNs);
                SetRetry(nowNs);
                break;

            case DhcpState.Waiting:
            case DhcpState.Requesting:
                Discover(nowNs);
                break;

            case DhcpState.Bound:
            case DhcpState.Renewing:
            case DhcpState.Rebinding:
                Keep(nowNs);
                break;

            default:
                NextDeadlineNs = ulong.MaxValue;
                break;
        }

        return NextDeadlineNs;
    }

    private void Discover(ulong nowNs)
    {
        State = DhcpState.Selecting;
        _transactionId = NextRandom();
        _lease = default;
        _tries = 0;
        _startNs = nowNs;
        Send(DhcpMessageType.Discover, nowNs);
        SetRetry(nowNs);
    }

    private void HandleOffer(in DhcpMessage message, ulong nowNs)
    {
        if (!IsUsable(message.Lease.Address) || message.Lease.Server.IsAny)
        {
            return;
        }

        State = DhcpState.Requesting;
        _lease = message.Lease;
        _tries = 0;
        Send(DhcpMessageType.Request, nowNs);
        SetRetry(nowNs);
    }

    private void HandleAgreement(in DhcpMessage message, ReadOnlySpan<byte> bytes)
    {
        if (message.Lease.Server != _lease.Server || !TryTake(message, bytes))
        {
            return;
        }

        State = DhcpState.Probing;
        NextDeadlineNs = ulong.MaxValue;
        owner.ProbeAddress(_lease.Address);
    }

    private void HandleRenewal(in DhcpMessage message, ReadOnlySpan<byte> bytes)
    {
        if (message.Lease.Address == _lease.Address && !message.Lease.Server.IsAny && TryTake(message, bytes))
        {
            Bind();
        }
    }

    private void HandleRefusal(in DhcpMessage message, ulong nowNs)
    {
        if (HasLease)
        {
            owner.OnLost();
            Discover(nowNs);
        }
        else if (message.Lease.Server == _lease.Server)
        {
            Wait(nowNs);
        }
    }

    /// <summary>Takes a lease if it makes sense, and fills in what it leaves open.</summary>
    private bool TryTake(in DhcpMessage message, ReadOnlySpan<byte> bytes)
    {
        DhcpLease lease = message.Lease;
        if (!IsUsable(lease.Address) || lease.LeaseSeconds < ShortestLeaseSeconds)
        {
            return false;
        }

        lease.PrefixLength = lease.PrefixLength == 0 ? NaturalPrefix(lease.Address) : lease.PrefixLength;
        bool isOrdered = lease.RenewalSeconds != 0
            && lease.RenewalSeconds < lease.RebindingSeconds
            && lease.RebindingSeconds < lease.LeaseSeconds;
        if (!isOrdered)
        {
            // Section 4.4.5: a half and seven eighths.
            lease.RenewalSeconds = lease.LeaseSeconds / 2;
            lease.RebindingSeconds = lease.LeaseSeconds - (lease.LeaseSeconds / 8);
        }

        _lease = lease;
        _leaseStartNs = _sentNs;
        _domainBytes = message.DomainBytes;
        bytes.Slice(message.DomainOffset, message.DomainBytes).CopyTo(_domain);

        // Some servers end it as strings end in C (RFC 2132 section 2).
        while (_domainBytes > 0 && _domain[_domainBytes - 1] == 0)
        {
            _domainBytes--;
        }

        return true;
    }

    private void Bind()
    {
        State = DhcpState.Bound;
        NextDeadlineNs = EndOf(_lease.RenewalSeconds);
        owner.OnBound(_lease, _domain.AsSpan(0, _domainBytes));
    }

    /// <summary>Asks the server, then any server, to keep the address, until it is lost (section 4.4.5).</summary>
    private void Keep(ulong nowNs)
    {
        ulong rebindingNs = EndOf(_lease.RebindingSeconds);
        ulong endNs = EndOf(_lease.LeaseSeconds);
        if (nowNs >= endNs)
        {
            owner.OnLost();
            Discover(nowNs);
            return;
        }

        DhcpState state = nowNs >= rebindingNs ? DhcpState.Rebinding : DhcpState.Renewing;
        if (State != state)
        {
            _startNs = State == DhcpState.Bound ? nowNs : _startNs;
            _transactionId = NextRandom();
            State = state;
        }

        Send(DhcpMessageType.Request, nowNs);
        ulong limitNs = state == DhcpState.Renewing ? rebindingNs : endNs;
        NextDeadlineNs = Math.Min(limitNs, nowNs + Math.Max((limitNs - nowNs) / 2, RenewalRetryNs));
    }

    private void Wait(ulong nowNs)
    {
        State = DhcpState.Waiting;
        NextDeadlineNs = nowNs + RestartNs;
    }

    private void Send(DhcpMessageType type, ulong nowNs)
    {
        // A request for an offer repeats the seconds of the message that was answered (section 4.4.1).
        _seconds = State == DhcpState.Requesting
            ? _seconds
            : (ushort)Math.Min((nowNs - Math.Min(_startNs, nowNs)) / SecondNs, ushort.MaxValue);

        // Who has an address is reached at it; it has to name neither the address nor the server again (table 5).
        bool hasAddress = HasLease;
        bool namesServer = type is DhcpMessageType.Decline or DhcpMessageType.Release || !hasAddress;
        DhcpRequest request = new()
        {
            Type = type,
            TransactionId = _transactionId,
            Seconds = type is DhcpMessageType.Discover or DhcpMessageType.Request ? _seconds : (ushort)0,
            IsBroadcast = !hasAddress && type != DhcpMessageType.Decline,
            Client = mac,
            ClientAddress = hasAddress ? _lease.Address : IpAddress.Ipv4Any,
            RequestedAddress = hasAddress || type == DhcpMessageType.Discover ? default : _lease.Address,
            Server = namesServer && type != DhcpMessageType.Discover ? _lease.Server : default,
            HostName = _hostName.AsSpan(0, _hostNameBytes),
        };
        Span<byte> bytes = stackalloc byte[DhcpRequest.SizeBytes];
        request.Write(bytes);
        _tries++;
        _sentNs = nowNs;
        bool isUnicast = State == DhcpState.Renewing || type == DhcpMessageType.Release;
        owner.SendDhcp(
            hasAddress ? _lease.Address : IpAddress.Ipv4Any,
            isUnicast ? _lease.Server : IpAddress.Ipv4Broadcast,
            bytes);
    }

    /// <summary>4, 8, 16, 32, 64 seconds, a second more or less.</summary>
    private void SetRetry(ulong nowNs)
    {
        int doublings = Math.Min(_tries - 1, 4);
        ulong timeout = Math.Min(FirstTimeoutNs << doublings, LongestTimeoutNs);
        NextDeadlineNs = nowNs + timeout - JitterNs + (NextRandom() % (2 * JitterNs));
    }

    private ulong EndOf(uint seconds) => _lease.LeaseSeconds == uint.MaxValue
        ? ulong.MaxValue
        : _leaseStartNs + (seconds * SecondNs);

    private uint NextRandom()
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private static bool IsUsable(IpAddress address) =>
        !address.IsAny && !address.IsMulticast && !address.IsLoopback && address != IpAddress.Ipv4Broadcast;

    /// <summary>The prefix of a server that tells none: that of the address's class (RFC 791 section 2.3).</summary>
    private static int NaturalPrefix(IpAddress address) => (address.Ipv4Value >> 30) switch
    {
        0 or 1 => 8,
        2 => 16,
        _ => 24,
    };
}
