// SPDX-License-Identifier: MIT
using System;
using Denali.Http;
using Ilwaco;

/// <summary>A web server for the files on its disk: HTTP/1.1, one site, thousands of connections.</summary>
internal static class Web
{
    private const ushort DefaultPort = 80;

    private static WebServer s_server = null!;

    private static int Main()
    {
        ushort port = DefaultPort;
        bool isLogged = false;
        for (int i = 1; i < Arguments.Count; i++)
        {
            if (Arguments.At(i).SequenceEqual("--log"u8))
            {
                isLogged = true;
            }
            else if (!NumberText.TryParsePort(Arguments.At(i), out port))
            {
                ConsoleDevice.WriteLine("usage: web [PORT] [--log]"u8);
                return 2;
            }
        }

        var files = new SiteFiles();
        s_server = new WebServer(files, isLogged ? new AccessLog() : null);
        if (!s_server.TryListen(port))
        {
            ConsoleDevice.WriteLine("web: the port is taken"u8);
            return 1;
        }

        Termination.SetHandler(static () => s_server.EndSoon());
        FileSystem.Prepare();
        if (!isLogged)
        {
            s_server.WarmUp(port);
        }

        // Up to here all sites are the same: this is what clones start from. What they have of their own comes now.
        VirtualInstructions.Ready();
        if (files.Open("/"u8, out _) != ContentKind.Directory)
        {
            ConsoleDevice.WriteLine("web: the disk has no file system: make one with denali disk create"u8);
            return 1;
        }

        ConsoleDevice.WriteLine("web: ready"u8);
        VirtualInstructions.Ready();
        s_server.Run();
        return 0;
    }
}
