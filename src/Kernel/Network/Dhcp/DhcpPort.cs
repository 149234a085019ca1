// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Kernel.Machines;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>What the switch knows of a VM that gets its IPv4 address by DHCP.</summary>
/// <param name="index">The VM.</param>
/// <param name="machineId">Its number.</param>
/// <param name="observer">Who is told of its address.</param>
/// <param name="clock">Monotonic nanoseconds.</param>
/// <remarks>Reading: any thread. <see cref="DhcpPorts"/> changes the lease.</remarks>
internal sealed class DhcpPort(int index, ulong machineId, IMachineObserver observer, Func<ulong> clock)
{
    private const ulong None = 0;
    private const ulong AsksForOffers = 1UL << 32;
    private const ulong AsksForLease = 1UL << 33;

    // What the VM asked last: the number of the exchange, and one of the bits above.
    private ulong _question;
    private DhcpLeaseTerm? _term;

    internal int Index => index;

    internal ulong MachineId => machineId;

    internal IMachineObserver Observer => observer;

    internal MacAddress Mac => SwitchAddressing.MacOf(index);

    /// <summary>The address that the VM may use now; <see cref="IpAddress.Ipv4Any"/> for none.</summary>
    internal IpAddress Address => Term is { } term && clock() < term.EndNs ? term.Address : IpAddress.Ipv4Any;

    /// <summary>The last lease, which may have ended; null once that was noticed.</summary>
    internal DhcpLeaseTerm? Term
    {
        get => Volatile.Read(ref _term);
        set => Volatile.Write(ref _term, value);
    }

    /// <summary>When the VM got another address last; only <see cref="DhcpPorts"/> uses it.</summary>
    internal ulong? ChangedNs { get; set; }

    /// <summary>The VM is about to send a message.</summary>
    /// <returns>Whether it may: it speaks for nobody else. Then its answer will be known.</returns>
    internal bool TryAsk(in DhcpClientMessage message)
    {
        IpAddress own = Address;
        bool isOwn = message.Client == Mac
            && (message.ClientAddress.IsAny || message.ClientAddress == own)
            && (message.Source.IsAny || message.Source == own);
        switch (message.Type)
        {
            case DhcpMessageType.Discover:
            case DhcpMessageType.Request:
                break;

            case DhcpMessageType.Decline:
                // A server does not give out for a while what was declined: so only what the VM was given.
                isOwn &= !own.IsAny && message.RequestedAddress == own;
                break;

            case DhcpMessageType.Release:
                isOwn &= !own.IsAny && message.ClientAddress == own;
                break;

            default:
                return false;
        }

        if (isOwn)
        {
            ulong kind = message.Type switch
            {
                DhcpMessageType.Discover => AsksForOffers,
                DhcpMessageType.Request => AsksForLease,
                _ => None,
            };
            Volatile.Write(ref _question, kind == None ? None : kind | message.TransactionId);
        }

        return isOwn;
    }

    /// <summary>Whether a message of a server answers what the VM asked last.</summary>
    internal bool IsAnswer(in DhcpMessage message)
    {
        ulong kind = message.Type switch
        {
            DhcpMessageType.Offer => AsksForOffers,
            DhcpMessageType.Acknowledge or DhcpMessageType.Refuse => AsksForLease,
            _ => None,
        };
        return kind != None && Volatile.Read(ref _question) == (kind | message.TransactionId);
    }
}
