// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

/// <summary>Owner of all machines under test: keeps what they sent last, and counts.</summary>
internal sealed class GuestOwner : INeighborOutput, IDnsTransport, IDhcpOwner
{
    private readonly byte[] _sent = new byte[512];
    private int _sentBytes;

    internal ReadOnlySpan<byte> Sent => _sent.AsSpan(0, _sentBytes);

    internal ushort Port { get; private set; }

    internal int Requests { get; private set; }

    internal int Completed { get; private set; }

    internal int Probes { get; private set; }

    internal int Bound { get; private set; }

    public void SendRequest(IpAddress target, MacAddress known) => Requests++;

    public void SendPending(in OutgoingFrame frame)
    {
        frame.Headers.CopyTo(_sent);
        frame.Payload.CopyTo(_sent.AsSpan(frame.Headers.Length));
        _sentBytes = frame.LengthBytes;
    }

    public void ReportUnreachable(IpAddress target, in OutgoingFrame frame) => Completed++;

    public bool TryOpenPort(ushort port)
    {
        Port = port;
        return true;
    }

    public void ClosePort(ushort port) => Port = 0;

    public void SendDatagram(ushort port, IpEndpoint server, ReadOnlySpan<byte> message) => Keep(message);

    public bool TryOpenStream(int stream, IpEndpoint server) => false;

    public bool TrySendStream(int stream, ReadOnlySpan<byte> message) => false;

    public void CloseStream(int stream)
    {
    }

    public void OnCompleted(DnsQuery query) => Completed++;

    public void SendDhcp(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) => Keep(message);

    public void ProbeAddress(IpAddress address) => Probes++;

    public void OnBound(in DhcpLease lease, ReadOnlySpan<byte> domain) => Bound += domain.Length;

    public void OnLost()
    {
    }

    private void Keep(ReadOnlySpan<byte> message)
    {
        message.CopyTo(_sent);
        _sentBytes = message.Length;
    }
}
