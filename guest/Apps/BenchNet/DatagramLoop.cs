// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;
using Ilwaco;

/// <summary>
/// Datagrams to a host that sends them back, in three steps that are measured apart: sending a batch, the exit in which
/// the kernel takes it and the stack takes what came back, and reading that.
/// </summary>
internal static unsafe class DatagramLoop
{
    private const ushort PeerPort = 4007;
    private const ushort Port = 7;

    /// <summary>Measures, and prints the medians of an exit without frames and of the three steps, in
    /// nanoseconds.</summary>
    /// <param name="payloadBytes">Bytes of each datagram.</param>
    /// <param name="batch">How many at an exit: fewer than both rings hold.</param>
    /// <param name="rounds">How often.</param>
    internal static void Run(int payloadBytes, int batch, int rounds)
    {
        RegisterPage* page = VirtualRegisters.Page;
        IpAddress gateway = IpAddress.ReadIpv4(new ReadOnlySpan<byte>(&page->Ipv4Gateway, 4));
        int socket = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        _ = Posix.Bind(socket, SocketAddress.Any(AddressFamily.Ipv4, Port));
        _ = Posix.Connect(socket, new SocketAddress(gateway, PeerPort));
        byte[] buffer = new byte[payloadBytes];
        Samples empty = new(rounds);
        Samples send = new(rounds);
        Samples exit = new(rounds);
        Samples receive = new(rounds);

        // The first one waits for the gateway's hardware address.
        _ = Posix.Send(socket, buffer);
        Panic.Unless(Posix.Receive(socket, buffer) == payloadBytes, "No answer"u8);
        for (int round = 0; round < rounds; round++)
        {
            ulong start = Clock.MonotonicNs;
            VirtualInstructions.Doorbell(Device.Nic);
            ulong begun = Clock.MonotonicNs;
            for (int i = 0; i < batch; i++)
            {
                _ = Posix.Send(socket, buffer);
            }

            ulong sent = Clock.MonotonicNs;
            VirtualInstructions.Doorbell(Device.Nic);
            ulong back = Clock.MonotonicNs;
            for (int i = 0; i < batch; i++)
            {
                Panic.Unless(Posix.Receive(socket, buffer, MessageFlags.DontWait) == payloadBytes, "Lost"u8);
            }

            ulong end = Clock.MonotonicNs;
            empty.Add(begun - start);
            send.Add(sent - begun);
            exit.Add(back - sent);
            receive.Add(end - back);
        }

        Samples.Report(empty, send, exit, receive);
    }
}
