// expect: CS0656 7
// SPDX-License-Identifier: MIT
internal static class Case
{
    private static int Main() => Greeting("guest").Length;

    private static string Greeting(string name) => "Hello, " + name;
}
