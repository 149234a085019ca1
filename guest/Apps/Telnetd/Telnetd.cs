// SPDX-License-Identifier: MIT
using Ilwaco;

/// <summary>A small shell over TCP, for looking into a VM: a thread for each session.</summary>
internal static class Telnetd
{
    private const ushort DefaultPort = 23;

    // Fewer than there are stacks; a session costs one.
    private const int SessionsMax = 8;
    private const int SendTimeoutMs = 30_000;

    private static Session[] s_sessions = [];

    /// <summary>When the server started, in nanoseconds of the monotonic clock, which is older than the VM.</summary>
    internal static ulong StartNs { get; private set; }

    private static int Main()
    {
        StartNs = Clock.MonotonicNs;
        ushort port = DefaultPort;
        if (Arguments.Count > 1 && !NumberText.TryParsePort(Arguments.At(1), out port))
        {
            ConsoleDevice.WriteLine("usage: telnetd [PORT]"u8);
            return 2;
        }

        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, port)) != 0 || Posix.Listen(listener, 16) != 0)
        {
            ConsoleDevice.WriteLine("telnetd: the port is taken"u8);
            return 1;
        }

        s_sessions = new Session[SessionsMax];
        for (int i = 0; i < SessionsMax; i++)
        {
            s_sessions[i] = new Session();
        }

        ConsoleDevice.WriteLine("telnetd: ready"u8);
        VirtualInstructions.Ready();
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection >= 0)
            {
                Serve(connection);
            }
        }
    }

    private static void Serve(int connection)
    {
        // A peer that takes nothing must not keep a session for ever, one that has gone neither.
        _ = Posix.SetSocketOption(connection, SocketOption.SendTimeout, SendTimeoutMs);
        _ = Posix.SetSocketOption(connection, SocketOption.KeepAlive, 1);
        _ = Posix.SetSocketOption(connection, SocketOption.NoDelay, 1);
        foreach (Session session in s_sessions)
        {
            if (session.TryStart(connection))
            {
                return;
            }
        }

        _ = Posix.Send(connection, "telnetd: all sessions are in use, come back later\r\n"u8, MessageFlags.DontWait);
        _ = Posix.Close(connection);
    }
}
