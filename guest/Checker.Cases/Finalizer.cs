// SPDX-License-Identifier: MIT
// expect: DENALI002 5
internal sealed class Resource
{
    ~Resource() => Case.Count--;
}

internal static class Case
{
    internal static int Count;

    private static int Main()
    {
        Resource resource = new();
        return resource is null ? 1 : 0;
    }
}
