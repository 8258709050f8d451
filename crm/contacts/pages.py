"""Every HTML route of people, organizations and posts."""

from crm.contacts import organization_pages, people_pages, post_pages

HANDLERS = [*people_pages.HANDLERS, *organization_pages.HANDLERS, *post_pages.HANDLERS]
