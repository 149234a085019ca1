// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;
using Denali.Net.Tcp;

namespace Ilwaco;

/// <summary>The VM's network: the stack, its NIC, the thread that serves them, and the lock around all of it.</summary>
/// <remarks>
/// <para>It starts with the first socket; a guest without sockets has none of it in its image.</para>
/// <para>The thread waits for the NIC's interrupt or for the time that the stack has asked for. Other threads use the
/// stack between <see cref="Enter"/> and <see cref="Leave"/>, which sends what they gave it to send.</para>
/// <para>Where the kernel gives no IPv4 address, the stack asks a DHCP server. The first users of the network wait for
/// it a while, so that a program finds its address there, as everywhere.</para>
/// </remarks>
internal static unsafe class Network
{
    // So long after the last frame the network counts as quiet, and what was kept for speed goes back.
    private const ulong QuietNs = 1_000_000_000;

    // As much may be kept for good: to wake a VM for less, once after each visit, would cost more than it gives back.
    private const int KeptBytesMax = 32 * 1024;

    // So long programs wait for a DHCP server: two rounds of questions. Then they go on; the address may come later.
    private const ulong AddressPatienceNs = 10_000_000_000;

    // A connection's window: on the virtual LAN no more is ever under way than the rings along it hold, so that one
    // connection alone loses nothing.
    private const int WindowBytes = 2 * 1024 * 1024;

    private static Mutex s_lock = null!;
    private static Event s_wake = null!;
    private static Event s_hasAddress = null!;
    private static bool s_isUp;
    private static Timer s_timer = null!;
    private static NetworkBuffers s_buffers = null!;
    private static TransmitRing s_transmit = null!;
    private static ReceiveRing s_receive = null!;
    private static NetworkStack? s_stack;
    private static ulong s_generation;
    private static ulong s_timerNs;
    private static ulong s_quietNs;

    /// <summary>Frames received and sent so far.</summary>
    internal static (ulong Received, ulong Sent) FrameCounts =>
        s_stack is null ? default : (s_receive.FrameCount, s_transmit.FrameCount);

    /// <summary>Whether this VM has a NIC.</summary>
    internal static bool IsPresent => (VirtualRegisters.Page->Features & FeatureBits.Nic) != 0;

    /// <summary>The stack, inside of <see cref="Enter"/>.</summary>
    internal static NetworkStack Stack => s_stack!;

    /// <summary>The lock, for waiting inside of <see cref="Enter"/>.</summary>
    internal static Mutex Lock => s_lock;

    /// <summary>Waits for the stack and tells it the time.</summary>
    internal static void Enter()
    {
        if (!s_isUp)
        {
            BringUp();
        }

        s_lock.Lock();
        TakeIdentity();
        s_stack!.SetTime(Clock.MonotonicNs);
    }

    /// <summary>Sends what there is to send, and lets others have the stack.</summary>
    internal static void Leave()
    {
        Poll();
        s_lock.Unlock();
    }

    /// <summary>As <see cref="Leave"/>, where nothing was given to the stack that it had to send.</summary>
    internal static void LeaveQuietly() => s_lock.Unlock();

    /// <summary>Sends what there is to send, without giving the stack away.</summary>
    internal static void Poll() => SetTimer(s_stack!.Poll(Clock.MonotonicNs));

    private static void BringUp()
    {
        if (s_stack is null)
        {
            Start();
        }

        if (s_stack!.Dhcp is not null)
        {
            s_wake.Set();
            _ = s_hasAddress.Wait(Clock.MonotonicNs + AddressPatienceNs);
        }

        s_isUp = true;
    }

    private static void Start()
    {
        Panic.Unless(IsPresent, "This VM has no network: run it with one, or set DenaliDevices to Nic"u8);

        // Threads that come at the same time make one stack: nothing in here waits.
        CriticalSection.Enter();
        if (s_stack is null)
        {
            s_timerNs = InstructionPage.Never;
            s_quietNs = InstructionPage.Never;
            s_lock = new Mutex();
            s_wake = new Event();
            s_hasAddress = new Event();
            s_timer = new Timer(static () => s_wake.Set());
            s_buffers = new NetworkBuffers();
            s_transmit = new TransmitRing(s_buffers);
            s_receive = new ReceiveRing();
            var settings = new TcpSettings { SendBufferBytes = WindowBytes, ReceiveBufferBytes = WindowBytes };
            var stack = new NetworkStack(new IpInterface(), s_transmit, s_buffers, new NetworkRandom(), settings);
            stack.Interface.IsChecksumOffloaded = true;
            stack.Interface.IsSegmentationOffloaded = true;
            s_stack = stack;
            TakeIdentity();
            Interrupts.SetHandler(InterruptBits.Nic, static () => s_wake.Set());
            GuestThread.Start(Serve, ThreadPriority.High, "network").Detach();
        }

        CriticalSection.Leave();
    }

    private static void Serve()
    {
        while (true)
        {
            s_wake.Wait();
            s_wake.Reset();
            s_lock.Lock();
            TakeIdentity();
            ulong nowNs = Clock.MonotonicNs;
            ulong before = s_receive.FrameCount;
            s_transmit.Reclaim();
            s_receive.Drain(s_stack!, nowNs);
            s_timerNs = InstructionPage.Never;
            if (s_receive.FrameCount != before || s_buffers.WasUsed)
            {
                bool isWorthIt =
                    !s_receive.IsCalm || s_buffers.HasWaiting || s_buffers.KeptBytes > KeptBytesMax;
                s_quietNs = isWorthIt ? nowNs + QuietNs : InstructionPage.Never;
                s_buffers.BeginQuiet();
            }
            else if (nowNs >= s_quietNs)
            {
                s_quietNs = InstructionPage.Never;
                s_receive.Calm();
                s_buffers.Trim();
            }

            Poll();
            if (s_stack!.Dhcp is { HasLease: true })
            {
                s_hasAddress.Set();
            }

            s_lock.Unlock();
        }
    }

    private static void SetTimer(ulong nextNs)
    {
        nextNs = Math.Min(nextNs, s_quietNs);
        if (nextNs < s_timerNs || (s_timerNs == InstructionPage.Never && nextNs != InstructionPage.Never))
        {
            s_timerNs = nextNs;
            s_timer.SetAt(nextNs);
        }
    }

    /// <summary>Reads the VM's addresses; they change with its generation, when it was cloned.</summary>
    private static void TakeIdentity()
    {
        RegisterPage* page = VirtualRegisters.Page;
        if (page->Generation == s_generation)
        {
            return;
        }

        bool isClone = s_generation != 0;
        s_generation = page->Generation;
        IpInterface link = s_stack!.Interface;
        link.Mac = MacAddress.Read(new ReadOnlySpan<byte>(&page->MacAddress, MacAddress.SizeOf));
        link.MtuBytes = page->Mtu == 0 ? 1500 : (int)page->Mtu;
        link.Ipv6Address = IpAddress.ReadIpv6(new ReadOnlySpan<byte>(&page->Ipv6Address0, 16));
        link.Ipv6PrefixLength = (int)page->Ipv6PrefixLength;
        link.Ipv6Gateway = IpAddress.ReadIpv6(new ReadOnlySpan<byte>(&page->Ipv6Gateway0, 16));
        TakeIpv4Address(link, page);
        if (isClone)
        {
            s_stack.Renew();
        }
    }

    private static void TakeIpv4Address(IpInterface link, RegisterPage* page)
    {
        ulong nowNs = Clock.MonotonicNs;
        bool isComputed = page->Ipv4Address != 0;

        // Whoever sends under a leased address is on a network where nobody checks that.
        link.LearnsFromPackets = isComputed;
        if (!isComputed)
        {
            s_stack!.StartDhcp(Arguments.At(0), nowNs);
            return;
        }

        s_stack!.StopDhcp(nowNs);
        link.Ipv4Address = IpAddress.ReadIpv4(new ReadOnlySpan<byte>(&page->Ipv4Address, 4));
        link.Ipv4PrefixLength = (int)page->Ipv4PrefixLength;
        link.Ipv4Gateway = IpAddress.ReadIpv4(new ReadOnlySpan<byte>(&page->Ipv4Gateway, 4));
    }
}
